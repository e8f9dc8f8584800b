import QueueModel

extension SQL {
    /// The statements for workers, their leases and what they leave behind.
    static let workersTexts: [SQL: SQLText] = [
        .insertWorker: """
        INSERT INTO worker(id, store, host, boot, pid, process_start, opened_at, renewed_at, renewed_uptime, lease)
        VALUES(\(.id), \(.store), \(.host), \(.boot), \(.pid), \(.processStart), \(.now), \(.now), \(.uptime),
          \(.lease))
        """,
        .worker: "SELECT 1 FROM worker WHERE id = ?1",
        .workers: """
        SELECT id, store, host, boot, pid, process_start, renewed_at, renewed_uptime, lease FROM worker ORDER BY id
        """,
        .renewWorker: "UPDATE worker SET renewed_at = ?2, renewed_uptime = ?3 WHERE id = ?1",
        .deleteWorker: "DELETE FROM worker WHERE id = ?1",
        .workersOfStore: "SELECT id FROM worker WHERE store = ?1",
        .foreignWorkers: "SELECT count(*) FROM worker WHERE store <> ?1",
        .workerCount: "SELECT count(*) FROM worker",
        .blame: """
        INSERT INTO job_extra(job, crashes, solo_crashes, failure_kind, failure)
        VALUES(\(.id), \(.crashes), \(.soloCrashes), \(.failureKind), \(.failure))
        ON CONFLICT(job) DO UPDATE SET crashes = excluded.crashes, solo_crashes = excluded.solo_crashes,
          failure_kind = excluded.failure_kind, failure = excluded.failure
        """,
    ]
}
