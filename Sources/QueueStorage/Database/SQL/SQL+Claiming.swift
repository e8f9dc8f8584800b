import QueueModel
import QueueStoreKit

extension SQL {
    /// The statements that find and start jobs.
    static let claimingTexts: [SQL: SQLText] = [
        // With >=, SQLite seeks to the first row; with >, it would scan all rows that are equal in the first column.
        .nextLane: """
        SELECT type, grp, priority, io_size, id FROM job
        WHERE state = \(state: .ready) AND (type, grp, priority, io_size) >= (?1, ?2, ?3, ?4)
        ORDER BY type, grp, priority, io_size, id LIMIT 1
        """,
        .laneFront: """
        SELECT id FROM job
        WHERE state = \(state: .ready) AND type = ?1 AND grp = ?2 AND priority = ?3 AND io_size = ?4
        ORDER BY id LIMIT \(Lane.capacity)
        """,
        .runningOfWorkers: "SELECT id, running FROM worker WHERE running <> x''",
        .allSuspects:
            "SELECT id, type, grp, priority, io_size FROM job WHERE \(isApart) AND state = \(state: .suspect)",
        .allPreempted: "SELECT id FROM job WHERE \(isApart) AND state = \(state: .preempted)",
        .waitsSince: "SELECT submitted_at, run_after, flags FROM job WHERE id = ?1",
        .pausedFor: "SELECT paused_for FROM job_extra WHERE job = ?1",
        .due: """
        SELECT id, type, grp, priority, io_size, flags FROM job
        WHERE \(isApart) AND state = \(state: .scheduled) AND run_after <= ?1 ORDER BY run_after LIMIT ?2
        """,
        .nextDue: """
        SELECT run_after FROM job WHERE \(isApart) AND state = \(state: .scheduled) ORDER BY run_after LIMIT 1
        """,
        .records: "SELECT \(recordColumns) FROM job WHERE id BETWEEN ?1 AND ?2 ORDER BY id",
        .start: """
        UPDATE OR FAIL job SET state = \(state: .running), attempt = attempt + 1, worker = ?3, started_at = ?4,
          open_dependencies = 0
        WHERE id BETWEEN ?1 AND ?2
        """,
        .setState: "UPDATE job SET state = ?2 WHERE id = ?1",
        .setRunning: "UPDATE worker SET running = ?2 WHERE id = ?1",
        .buckets: "SELECT scope, name, full_at FROM bucket",
        .setBucket:
            "INSERT INTO bucket(scope, name, full_at) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET full_at = ?3",
        .deleteFullBuckets: "DELETE FROM bucket WHERE full_at <= ?1",
    ]
}
