import QueueModel
import QueueStoreKit

extension SQL {
    /// The statements that store new jobs and what they refer to.
    static let submittingTexts: [SQL: SQLText] = [
        .insertJob: """
        INSERT INTO \(Self.insertColumns)
        VALUES\(Self.insertValues(row: 0, openDependencies: "\(.openDependencies)", dependencies: "\(.dependencies)"))
        ON CONFLICT DO NOTHING
        """,
        // SQLite opens a cursor on every index for each statement, so several rows at once cost half as much each.
        // With IGNORE for all constraints it needs no journal to undo the statement alone.
        .insertJobs: """
        INSERT OR IGNORE INTO \(Self.insertColumns)
        VALUES \((0..<Self.insertWidth).map { Self.insertValues(row: $0) }.joined(separator: ", "))
        """,
        .deleteJobs: "DELETE FROM job WHERE id BETWEEN ?1 AND ?2",
        .insertPayload: "INSERT INTO payload(job, bytes) VALUES(?1, ?2)",
        .jobWithKey:
            "SELECT id, state, priority FROM job WHERE key = ?2 AND type = ?1 AND live = 1 AND key IS NOT NULL",
        .insertExtra: """
        INSERT INTO job_extra(job, label, tags, parent, retry, timeout, expected_io, origin, schedule, due)
        VALUES(\(.id), \(.label), \(.tags), \(.parent), \(.retry), \(.timeout), \(.expectedIO), \(.origin),
          \(.schedule), \(.due))
        """,
        .makeExtra: "INSERT OR IGNORE INTO job_extra(job) VALUES(?1)",
        .insertTag: "INSERT INTO tag(key, value, job) VALUES(?1, ?2, ?3)",
        // Several tags of one job at once, for the same reason.
        .insertTags: """
        INSERT OR FAIL INTO tag(job, key, value)
        VALUES \((0..<Self.tagWidth).map(Self.tagValues(row:)).joined(separator: ", "))
        """,
        .insertDependency: "INSERT INTO dependency(on_job, job) VALUES(?1, ?2)",
        // A job that was superseded within its batch no longer waits.
        .setDependencies: """
        UPDATE job SET open_dependencies = CASE live WHEN 1 THEN ?2 ELSE 0 END, dependencies = ?3 WHERE id = ?1
        """,
        .setManyDependencies: "UPDATE job_extra SET dependencies = ?2 WHERE job = ?1",
        .lastAwaited: "SELECT max(on_job) FROM dependency",
        .stateOf: "SELECT state, open_dependencies FROM job WHERE id = ?1",
        .parentOf: "SELECT state, flags, priority, expires_at FROM job WHERE id = ?1",
        .insertChild: "INSERT INTO child(parent, job) VALUES(?1, ?2)",
        .addChild: "UPDATE job_extra SET open_children = open_children + 1 WHERE job = ?1",
        .setPriority: "UPDATE job SET priority = ?2 WHERE id = ?1",
        .setLane: "UPDATE job SET grp = ?2, priority = ?3 WHERE id = ?1",
    ]
}
