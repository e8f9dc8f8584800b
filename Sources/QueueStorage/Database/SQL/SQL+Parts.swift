import QueueModel

/// The parts that several statements have in common.
extension SQL {
    // MARK: Columns

    /// The columns of `job` in the order in which a record is read.
    static let recordColumns: SQLText = """
        id, type, grp, priority, state, flags, attempt, retries, submitted_at, worker, started_at, finished_at, \
        run_after, expires_at, key, payload_version, payload
        """

    /// The columns of `job_extra` in the order in which they are read behind ``recordColumns``.
    static let extraColumns: SQLText = """
        parent, phase, crashes, cancel_requested_at, label, tags, retry, retry_delay, timeout, expected_io, io, \
        failure_kind, failure, output, checkpoint, origin, schedule, due
        """

    /// Joins the job's row of `job_extra`; jobs without one cost no look-up.
    static let joinExtra: SQLText = """
        LEFT JOIN job_extra ON job_extra.job = CASE flags & \(flags: .hasExtra) WHEN 0 THEN NULL ELSE id END
        """

    /// The columns of `schedule` in the order in which a record is read.
    static let scheduleColumns: SQLText = """
        name, next, occurrences, skipped, last_job, last_due, paused_at, registered_at, recurrence, time_to_live, \
        type, grp, priority, key, on_duplicate, fail_fast, label, tags, retry, timeout, expected_io, payload_version, \
        payload
        """

    // MARK: Conditions

    /// The condition of the index `job_apart`: active, and neither ready nor running.
    static let isApart: SQLText = "state > \(state: .running) AND state < \(above: .preempted)"

    /// The condition of the index `job_finished`.
    static let isTerminal: SQLText = "state > \(below: .completed)"

    /// The job runs, and its end has no consequences that need its row to be read.
    static let isPlainlyRunning: SQLText = "state = \(state: .running) AND flags & \(flags: .slow) = 0"

    // MARK: Several rows at once

    /// The number of rows that ``insertJobs`` inserts.
    static let insertWidth = 8
    /// The number of parameters that each of them has: its jobs have no dependencies.
    static let insertParameters = 14

    static let insertColumns: SQLText = """
        job(id, type, grp, priority, io_size, state, live, flags, attempt, retries, submitted_at, worker, started_at, \
        finished_at, open_dependencies, run_after, expires_at, dependencies, key, payload_version, payload)
        """

    /// The values of the columns in ``insertColumns``; `row` counts from 0.
    static func insertValues(
        row: Int, openDependencies: SQLText = "0", dependencies: SQLText = "NULL"
    ) -> SQLText {
        """
        (\(.id, row: row), \(.type, row: row), \(.group, row: row), \(.priority, row: row), \(.ioSize, row: row), \
        \(.state, row: row), 1, \(.flags, row: row), 0, 0, \(.now, row: row), \(.worker, row: row), \
        \(.now, row: row), \(.now, row: row), \(openDependencies), \(.runAfter, row: row), \
        \(.expiresAt, row: row), \(dependencies), \(.key, row: row), \(.payloadVersion, row: row), \
        \(.payload, row: row))
        """
    }

    /// The number of tags that ``insertTags`` inserts.
    static let tagWidth = 5
    /// The number of parameters that each of them has, beside the job's.
    static let tagParameters = 2

    static func tagValues(row: Int) -> SQLText {
        "(\(.id), \(.key, row: row), \(.value, row: row))"
    }
}
