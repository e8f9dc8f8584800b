import QueueModel
import QueueStoreKit

extension SQL {
    /// The statements that record how attempts and jobs end.
    static let finishingTexts: [SQL: SQLText] = [
        .head: """
        SELECT type, grp, priority, io_size, state, flags, attempt, worker, started_at, run_after
        FROM job WHERE id = ?1
        """,
        .headExtra: """
        SELECT parent, open_children, crashes, solo_crashes, cancel_requested_at, child_failure
        FROM job_extra WHERE job = ?1
        """,
        // The end of most jobs: only what changes is named. A statement of several rows that could be undone alone
        // (OR ABORT) costs a journal of its own; here a failure undoes the transaction anyway.
        .complete: """
        UPDATE OR FAIL job SET state = \(state: .completed), live = NULL, finished_at = \(.endedAt)
        \(wherePlainlyRunningRun)
        """,
        .completeStarted: """
        UPDATE OR FAIL job SET state = \(state: .completed), live = NULL, finished_at = \(.endedAt),
          started_at = \(.startedAt)
        \(wherePlainlyRunningRun)
        """,
        .completeWithExtra: """
        UPDATE job SET state = \(state: .completed), live = NULL, finished_at = \(.endedAt),
          started_at = \(.startedAt), flags = flags | \(flags: .hasExtra)
        \(wherePlainlyRunning)
        """,
        // A failed attempt at a job whose end has no further consequences, or several that were retried in place.
        .failInPlace: """
        UPDATE job SET \(setFailedAttempts)
        \(wherePlainlyRunning)
        """,
        .failAndRetry: """
        UPDATE job SET state = \(.state), run_after = \(.runAfter), \(setFailedAttempts)
        \(wherePlainlyRunning)
        """,
        .failForGood: """
        UPDATE job SET state = \(.state), live = NULL, finished_at = \(.endedAt), \(setFailedAttempts)
        \(wherePlainlyRunning)
        """,
        .clearRetry: "UPDATE job_extra SET io = NULL, retry_delay = NULL WHERE job = ?1",
        .noteEnd: "UPDATE job SET started_at = ?2, flags = flags | \(flags: .hasReported) WHERE id = ?1",
        .requeue: """
        UPDATE job SET state = ?2, run_after = coalesce(?3, run_after), retries = retries + ?4 WHERE id = ?1
        """,
        .goOn: "UPDATE job SET attempt = attempt + 1, retries = retries + 1, started_at = ?2 WHERE id = ?1",
        .end: """
        UPDATE job SET state = ?2, live = NULL, finished_at = ?3, open_dependencies = 0,
          flags = flags & ~\(flags: .runsOnceMore)
        WHERE id = ?1
        """,
        .requestCancel: "UPDATE job SET flags = flags | \(flags: .cancelRequested) WHERE id = ?1",
        .setFlags: "UPDATE job SET flags = flags | ?2 WHERE id = ?1",
        .setStateAndFlags: "UPDATE job SET state = ?2, flags = flags | ?3 WHERE id = ?1",
        .setPaused: "UPDATE job_extra SET paused_at = ?2 WHERE job = ?1",
        .endPaused: """
        UPDATE job_extra SET paused_for = paused_for + max(?2 - paused_at, 0), paused_at = NULL
        WHERE job = ?1 AND paused_at IS NOT NULL
        """,
        .clearPaused: "UPDATE job_extra SET paused_for = 0 WHERE job = ?1",
        .noteFailure: """
        INSERT INTO job_extra(job, failure_kind, failure, io, retry_delay)
        VALUES(\(.id), \(.failureKind), \(.failure), \(.io), \(.retryDelay))
        ON CONFLICT DO UPDATE SET failure_kind = \(.failureKind), failure = \(.failure), io = \(.io),
          retry_delay = \(.retryDelay), paused_for = CASE \(.waitsAnew) WHEN 1 THEN 0 ELSE paused_for END
        """,
        .noteReport: "UPDATE job_extra SET io = ?2, retry_delay = ?3 WHERE job = ?1",
        .reportExtra: """
        INSERT INTO job_extra(job, io, output) VALUES(?1, ?2, ?3)
        ON CONFLICT DO UPDATE SET io = ?2, output = coalesce(?3, output), retry_delay = NULL
        """,
        .setOutput: "UPDATE job_extra SET output = ?2 WHERE job = ?1",
        .setFailure: "UPDATE job_extra SET failure_kind = \(.failureKind), failure = \(.failure) WHERE job = \(.id)",
        .endExtra: "UPDATE job_extra SET open_children = 0 WHERE job = ?1",
        .noteCancel: "UPDATE job_extra SET cancel_requested_at = ?2 WHERE job = ?1",
        .setChildFailure: "UPDATE job_extra SET child_failure = ?2 WHERE job = ?1",
        .finalize: "UPDATE job_extra SET phase = \(JobRecord.Phase.finalize.rawValue) WHERE job = ?1",
        .forgetChildren: "UPDATE job SET flags = flags & ~\(flags: .hasChildren) WHERE id = ?1",
        .setCheckpoint: "UPDATE job_extra SET checkpoint = ?2 WHERE job = ?1",
        .insertAttempt: """
        INSERT INTO attempt(job, number, worker, started_at, ended_at, failure_kind, failure)
        VALUES(\(.id), \(.attempt), \(.worker), \(.startedAt), \(.endedAt), \(.failureKind), \(.failure))
        """,
    ]

    /// The job still runs at the same attempt, and its end has no consequences that need its row to be read.
    private static let wherePlainlyRunning: SQLText = """
        WHERE id = \(.id) AND attempt = \(.attempt) AND worker = \(.worker) AND \(isPlainlyRunning)
        """

    /// The same of jobs with consecutive ids.
    private static let wherePlainlyRunningRun: SQLText = """
        WHERE id BETWEEN \(.id) AND \(.lastID) AND attempt = \(.attempt) AND worker = \(.worker) AND \(isPlainlyRunning)
        """

    private static let setFailedAttempts: SQLText = """
        attempt = attempt + \(.addedAttempts), retries = retries + \(.addedRetries), started_at = \(.startedAt),
          flags = flags | \(flags: [.hasExtra, .hasReported])
        """
}
