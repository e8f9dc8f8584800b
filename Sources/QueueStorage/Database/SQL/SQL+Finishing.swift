import QueueModel
import QueueStoreKit

extension SQL {
    /// The statements that record how attempts and jobs end.
    static let finishingTexts: [SQL: SQLText] = [
        .head:
            """
            SELECT type, grp, priority, io_size, state, flags, attempt, worker, started_at, run_after
            FROM job WHERE id = ?1
            """,
        .headMore:
            """
            SELECT parent, open_children, crashes, solo_crashes, cancel_requested_at, child_failure
            FROM job_extra WHERE job = ?1
            """,
        // The end of most jobs: only what changes is named. A statement of several rows that could be undone alone
        // (OR ABORT) costs a journal of its own; here a failure undoes the transaction anyway.
        // 1 first id, 2 attempt, 3 worker, 4 end, 5 start, 6 last id
        .complete:
            """
            UPDATE OR FAIL job SET state = \(state: .completed), live = NULL, finished_at = ?4
            WHERE id BETWEEN ?1 AND ?6 AND attempt = ?2 AND worker = ?3 AND \(Self.isPlainlyRunning)
            """,
        .completeStarted:
            """
            UPDATE OR FAIL job SET state = \(state: .completed), live = NULL, finished_at = ?4, started_at = ?5
            WHERE id BETWEEN ?1 AND ?6 AND attempt = ?2 AND worker = ?3 AND \(Self.isPlainlyRunning)
            """,
        .completeMore:
            """
            UPDATE job SET state = \(state: .completed), live = NULL, finished_at = ?4, started_at = ?5,
              flags = flags | \(flags: .hasExtra)
            WHERE id = ?1 AND attempt = ?2 AND worker = ?3 AND \(Self.isPlainlyRunning)
            """,
        // The failure of a job without kin. 1 id, 2 attempt, 3 worker, 4 start, 5 state, 6 next start or end,
        // 7 attempts and 8 retries that came in place
        .failInPlace:
            """
            UPDATE job SET attempt = attempt + ?7, retries = retries + ?8, started_at = ?4,
              flags = flags | \(flags: [.hasExtra, .hasReported])
            WHERE id = ?1 AND attempt = ?2 AND worker = ?3 AND \(Self.isPlainlyRunning)
            """,
        .failAndRetry:
            """
            UPDATE job SET state = ?5, run_after = ?6, attempt = attempt + ?7, retries = retries + ?8,
              started_at = ?4, flags = flags | \(flags: [.hasExtra, .hasReported])
            WHERE id = ?1 AND attempt = ?2 AND worker = ?3 AND \(Self.isPlainlyRunning)
            """,
        .failForGood:
            """
            UPDATE job SET state = ?5, live = NULL, finished_at = ?6, attempt = attempt + ?7,
              retries = retries + ?8, started_at = ?4, flags = flags | \(flags: [.hasExtra, .hasReported])
            WHERE id = ?1 AND attempt = ?2 AND worker = ?3 AND \(Self.isPlainlyRunning)
            """,
        .clearRetry: "UPDATE job_extra SET io = NULL, retry_delay = NULL WHERE job = ?1",
        .noteEnd: "UPDATE job SET started_at = ?2, flags = flags | \(flags: .hasReported) WHERE id = ?1",
        .requeue:
            """
            UPDATE job SET state = ?2, run_after = coalesce(?3, run_after), retries = retries + ?4 WHERE id = ?1
            """,
        .goOn: "UPDATE job SET attempt = attempt + 1, retries = retries + 1, started_at = ?2 WHERE id = ?1",
        .end:
            """
            UPDATE job SET state = ?2, live = NULL, finished_at = ?3, open_dependencies = 0,
              flags = flags & ~\(flags: .runsOnceMore)
            WHERE id = ?1
            """,
        .requestCancel: "UPDATE job SET flags = flags | \(flags: .cancelRequested) WHERE id = ?1",
        .setFlags: "UPDATE job SET flags = flags | ?2 WHERE id = ?1",
        .setStateAndFlags: "UPDATE job SET state = ?2, flags = flags | ?3 WHERE id = ?1",
        .setPaused: "UPDATE job_extra SET paused_at = ?2 WHERE job = ?1",
        .endPaused:
            """
            UPDATE job_extra SET paused_for = paused_for + max(?2 - paused_at, 0), paused_at = NULL
            WHERE job = ?1 AND paused_at IS NOT NULL
            """,
        .clearPaused: "UPDATE job_extra SET paused_for = 0 WHERE job = ?1",
        // 1 job, 2 kind, 3 message, 4 IO, 5 delay, 6 whether it waits anew
        .noteFailure:
            """
            INSERT INTO job_extra(job, failure_kind, failure, io, retry_delay) VALUES(?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET failure_kind = ?2, failure = ?3, io = ?4, retry_delay = ?5,
              paused_for = CASE ?6 WHEN 1 THEN 0 ELSE paused_for END
            """,
        .noteReport: "UPDATE job_extra SET io = ?2, retry_delay = ?3 WHERE job = ?1",
        .reportMore:
            """
            INSERT INTO job_extra(job, io, output) VALUES(?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET io = ?2, output = coalesce(?3, output), retry_delay = NULL
            """,
        .setOutput: "UPDATE job_extra SET output = ?2 WHERE job = ?1",
        .setFailure: "UPDATE job_extra SET failure_kind = \(.failureKind), failure = \(.failure) WHERE job = \(.id)",
        .endMore: "UPDATE job_extra SET open_children = 0 WHERE job = ?1",
        .noteCancel: "UPDATE job_extra SET cancel_requested_at = ?2 WHERE job = ?1",
        .setChildFailure: "UPDATE job_extra SET child_failure = ?2 WHERE job = ?1",
        .finalize: "UPDATE job_extra SET phase = \(JobPhase.finalize.rawValue) WHERE job = ?1",
        .forgetChildren: "UPDATE job SET flags = flags & ~\(flags: .hasChildren) WHERE id = ?1",
        .setCheckpoint: "UPDATE job_extra SET checkpoint = ?2 WHERE job = ?1",
        .insertAttempt:
            """
            INSERT INTO attempt(job, number, worker, started_at, ended_at, failure_kind, failure)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """,
    ]
}
