import QueueModel

extension SQL {
    /// The statements that delete jobs, expire them and keep statistics.
    static let upkeepTexts: [SQL: SQLText] = [
        .expired: """
        SELECT id FROM job
        WHERE live = 1 AND expires_at IS NOT NULL AND expires_at <= ?1 AND state <> \(state: .running)
        ORDER BY expires_at, id LIMIT ?2
        """,
        .deleteJob: "DELETE FROM job WHERE id = ?1",
        .deleteExtra: "DELETE FROM job_extra WHERE job = ?1",
        .deletePayload: "DELETE FROM payload WHERE job = ?1",
        .deleteTag: "DELETE FROM tag WHERE key = ?1 AND value = ?2 AND job = ?3",
        .deleteDependency: "DELETE FROM dependency WHERE on_job = ?1 AND job = ?2",
        .deleteChild: "DELETE FROM child WHERE parent = ?1 AND job = ?2",
        .deleteAttempts: "DELETE FROM attempt WHERE job = ?1",
        .finishedCount: "SELECT count(*) FROM job WHERE \(isTerminal) AND state <> ?1",
        .finishedFirst: """
        SELECT id, finished_at, state FROM job
        WHERE \(isTerminal) AND (finished_at, id) > (?1, ?2) ORDER BY finished_at, id LIMIT 256
        """,
        .activeDependents: """
        SELECT 1 FROM dependency JOIN job ON job.id = dependency.job
        WHERE dependency.on_job = ?1 AND job.live = 1 LIMIT 1
        """,
        .pages: "PRAGMA main.page_count",
        .freePages: "PRAGMA main.freelist_count",
        .insertTally: "INSERT INTO type_statistics(type, tally) VALUES(?1, ?2)",
        .setTally: "UPDATE type_statistics SET tally = ?2 WHERE type = ?1",
        .deleteTally: "DELETE FROM type_statistics WHERE type = ?1",
        .deleteTallies: "DELETE FROM type_statistics",
    ]
}
