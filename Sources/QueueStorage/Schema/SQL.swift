import QueueModel

/// Every statement that is prepared once a connection.
///
/// Parameters are numbered; constants of ``StoredState`` are written out, so that SQLite can match the conditions of
/// partial indexes.
enum SQL: Int, CaseIterable {
    // Transactions
    case begin, beginRead, commit, rollback
    case savepoint, releaseSavepoint, rollBackToSavepoint, lock
    case schemaVersion, temporarySchemaVersion
    // Names
    case typeName, typeID, insertType, groupName, groupID, insertGroup
    // Loading the board
    case nextLane, laneFront, runningOfWorkers, allSuspects, allPaused, lastJob, deletedMark
    // Jobs
    case insertJob, insertJobs, deleteJobs, insertPayload, jobWithKey, record, records, more, payload, head, headMore,
        setState, setStateAndFlags, setPriority,
        setLane,
        start
    case complete, completeStarted, completeMore, failInPlace, failAndRetry, failForGood, clearRetry, noteEnd, requeue,
        goOn, end, requestCancel, setFlags
    case due, nextDue, waitsSince, pausedFor, setPaused, endPaused, clearPaused
    // Rates
    case buckets, setBucket, deleteFullBuckets
    // What few jobs have
    case makeExtra, insertMore, noteFailure, noteReport, reportMore, setOutput, setFailure, endMore, noteCancel,
        setChildFailure,
        finalize, forgetChildren, blame
    case setCheckpoint, expired
    // Relations
    case insertDependency, dependenciesOf, manyDependenciesOf, setDependencies, setManyDependencies, deleteDependency
    case dependentsOf, openDependentsOf, waitingFor, unblock, setOpenDependencies, lastAwaited, stateOf, parentOf,
        insertChild, deleteChild, childrenOf, addChild, childEnded
    case insertAttempt, attemptsOf, insertTag, insertTags
    case tagValues, tagValuesAfter, tagKeys, tagKeysToTheEnd
    // Workers
    case insertWorker, worker, workers, renewWorker, deleteWorker, setRunning, workersOfStore,
        foreignWorkers, workerCount
    case counter, setCounter
    // Statistics
    case tally, tallies, insertTally, setTally, deleteTally, deleteTallies
    // StoredPauses
    case pauses, insertPause, deletePause, deleteLapsed, notePast, noteLapsed, trimPast, pastPauses
    // Schedules
    case putSchedule, schedule, schedules, agenda, moveSchedule, pauseSchedule, deleteSchedule, replacePredecessor
    // Deleting
    case pages, freePages
    case deleteJob, deleteMore, deletePayload, deleteTag, deleteAttempts
    case finishedCount, finishedFirst, activeDependents
    // Numbers
    case endedCounts, readyCounts, nextReadyType, readyOfType, otherActiveTypes, otherActiveStates, attemptOf,
        readyByGroup, activeApart, workerStandings

    /// What nearly every store runs sooner or later: prepared when it is opened, at about 15 µs each.
    static let hot: [SQL] = [
        .begin, .commit, .typeName, .typeID, .insertType, .nextLane, .laneFront, .runningOfWorkers, .allSuspects,
        .lastJob,
        .deletedMark, .lastAwaited, .insertJob, .insertMore, .records, .more, .head, .headMore, .start, .complete,
        .completeStarted, .failInPlace, .failAndRetry, .failForGood, .noteFailure, .insertAttempt, .end, .nextDue,
        .insertDependency, .stateOf, .waitingFor, .unblock, .setOpenDependencies,
        .insertWorker, .worker, .workers, .setRunning, .deleteWorker, .counter, .setCounter, .pauses,
        .nextReadyType, .otherActiveTypes, .agenda, .tally, .setTally,
    ]

    /// The columns of `job` in the order in which a record is read.
    static let recordColumns = """
        id, type, grp, priority, state, flags, attempt, retries, submitted_at, worker, started_at, finished_at, \
        run_after, expires_at, key, payload_version, payload
        """

    /// The columns of `job_extra` in the order in which they are read behind them.
    static let moreColumns = """
        parent, phase, crashes, cancel_requested_at, label, tags, retry, retry_delay, timeout, expected_io, io, \
        failure_kind, failure, output, checkpoint, origin, schedule, due
        """

    /// Joins what few jobs have; those without it cost no look-up.
    static let joinMore = """
        LEFT JOIN job_extra ON job_extra.job = CASE flags & \(JobFlags.hasExtra.rawValue) WHEN 0 THEN NULL ELSE id END
        """

    /// The columns of `schedule` in the order in which a record is read.
    static let scheduleColumns = """
        name, next, occurrences, skipped, last_job, last_due, paused_at, registered_at, recurrence, time_to_live, type, \
        grp, priority, key, on_duplicate, fail_fast, label, tags, retry, timeout, expected_io, payload_version, payload
        """

    /// How many tags ``insertTags`` inserts.
    static let tagWidth = 5
    /// How many rows ``insertJobs`` inserts.
    static let insertWidth = 8
    /// How many parameters each of them has.
    static let insertParameters = 16

    private static let insertColumns = """
        job(id, type, grp, priority, io_size, state, live, flags, attempt, retries, submitted_at, worker, started_at, \
        finished_at, open_dependencies, run_after, expires_at, dependencies, key, payload_version, payload)
        """

    private static func insertValues(_ row: Int) -> String {
        func p(_ number: Int) -> String { "?\(row * insertParameters + number)" }
        return """
            (\(p(1)), \(p(2)), \(p(3)), \(p(4)), \(p(16)), \(p(5)), 1, \(p(6)), 0, 0, \(p(7)), \(p(8)), \(p(7)), \(p(7)), \
            \(p(14)), \(p(12)), \(p(13)), \(p(15)), \(p(9)), \(p(10)), \(p(11)))
            """
    }

    private static let fence = """
        WHERE id = ?1 AND attempt = ?2 AND worker = ?3 AND state = 3 AND flags & \(JobFlags.slow.rawValue) = 0
        """
    private static let reported = JobFlags.hasExtra.rawValue | JobFlags.hasReported.rawValue

    var text: String {
        switch self {
        case .begin: "BEGIN IMMEDIATE"
        case .beginRead: "BEGIN"
        case .commit: "COMMIT"
        case .rollback: "ROLLBACK"
        case .savepoint: "SAVEPOINT millrace"
        case .releaseSavepoint: "RELEASE millrace"
        case .rollBackToSavepoint: "ROLLBACK TO millrace"
        // Changes nothing, and takes the lock for writing all the same.
        case .lock: "UPDATE counter SET value = value WHERE name = ''"
        case .schemaVersion: "PRAGMA main.schema_version"
        case .temporarySchemaVersion: "PRAGMA temp.schema_version"

        case .typeName: "SELECT name FROM job_type WHERE id = ?1"
        case .typeID: "SELECT id FROM job_type WHERE name = ?1"
        case .insertType: "INSERT INTO job_type(name) VALUES(?1)"
        case .groupName: "SELECT name FROM job_group WHERE id = ?1"
        case .groupID: "SELECT id FROM job_group WHERE name = ?1"
        case .insertGroup: "INSERT INTO job_group(name) VALUES(?1)"

        // SQLite seeks to the first row that is at least so; one that had to be greater would be looked for among all that are equal.
        case .nextLane:
            """
            SELECT type, grp, priority, io_size, id FROM job
            WHERE state = 2 AND (type, grp, priority, io_size) >= (?1, ?2, ?3, ?4)
            ORDER BY type, grp, priority, io_size, id LIMIT 1
            """
        case .laneFront:
            """
            SELECT id FROM job WHERE state = 2 AND type = ?1 AND grp = ?2 AND priority = ?3 AND io_size = ?4 ORDER BY id
            LIMIT \(Lane.capacity)
            """
        case .runningOfWorkers: "SELECT id, running FROM worker WHERE running <> x''"
        case .allSuspects:
            """
            SELECT id, type, grp, priority, io_size FROM job WHERE state > 3 AND state < 9 AND state = 5
            """
        case .allPaused: "SELECT id FROM job WHERE state > 3 AND state < 9 AND state = 8"
        case .waitsSince: "SELECT submitted_at, run_after, flags FROM job WHERE id = ?1"
        case .pausedFor: "SELECT paused_for FROM job_extra WHERE job = ?1"
        case .clearPaused: "UPDATE job_extra SET paused_for = 0 WHERE job = ?1"
        case .setPaused: "UPDATE job_extra SET paused_at = ?2 WHERE job = ?1"
        case .endPaused:
            """
            UPDATE job_extra SET paused_for = paused_for + max(?2 - paused_at, 0), paused_at = NULL
            WHERE job = ?1 AND paused_at IS NOT NULL
            """
        case .buckets: "SELECT scope, name, full_at FROM bucket"
        case .setBucket:
            "INSERT INTO bucket(scope, name, full_at) VALUES(?1, ?2, ?3) ON CONFLICT DO UPDATE SET full_at = ?3"
        case .deleteFullBuckets: "DELETE FROM bucket WHERE full_at <= ?1"
        case .lastJob: "SELECT max(id) FROM job"
        case .deletedMark: "SELECT value FROM counter WHERE name = 'job'"

        // 1 id, 2 type, 3 group, 4 priority, 5 state, 6 flags, 7 now, 8 worker, 9 key, 10 version, 11 payload, 12 run after,
        // 13 expires, 14 open dependencies, 15 dependencies, 16 size of IO
        case .insertJob: "INSERT INTO \(Self.insertColumns) VALUES\(Self.insertValues(0)) ON CONFLICT DO NOTHING"
        // SQLite opens a cursor on every index for each statement, so several rows at once cost half as much each. With IGNORE for all
        // constraints it need not be able to undo the statement alone.
        case .insertJobs:
            """
            INSERT OR IGNORE INTO \(Self.insertColumns)
            VALUES \((0..<Self.insertWidth).map(Self.insertValues).joined(separator: ", "))
            """
        case .deleteJobs: "DELETE FROM job WHERE id BETWEEN ?1 AND ?2"
        case .insertPayload: "INSERT INTO payload(job, bytes) VALUES(?1, ?2)"
        case .jobWithKey:
            "SELECT id, state, priority FROM job WHERE key = ?2 AND type = ?1 AND live = 1 AND key IS NOT NULL"
        case .record: "SELECT \(Self.recordColumns) FROM job WHERE id = ?1"
        case .records: "SELECT \(Self.recordColumns) FROM job WHERE id BETWEEN ?1 AND ?2 ORDER BY id"
        case .more:
            "SELECT \(Self.moreColumns) FROM job_extra WHERE job = ?1"
        case .payload: "SELECT bytes FROM payload WHERE job = ?1"
        case .head:
            """
            SELECT type, grp, priority, io_size, state, flags, attempt, worker, started_at, run_after FROM job WHERE id = ?1
            """
        case .headMore:
            """
            SELECT parent, open_children, crashes, solo_crashes, cancel_requested_at, child_failure
            FROM job_extra WHERE job = ?1
            """
        case .setState: "UPDATE job SET state = ?2 WHERE id = ?1"
        case .setStateAndFlags: "UPDATE job SET state = ?2, flags = flags | ?3 WHERE id = ?1"
        case .setPriority: "UPDATE job SET priority = ?2 WHERE id = ?1"
        case .setLane: "UPDATE job SET grp = ?2, priority = ?3 WHERE id = ?1"
        case .expired:
            """
            SELECT id FROM job WHERE live = 1 AND expires_at IS NOT NULL AND expires_at <= ?1 AND state <> 3
            ORDER BY expires_at, id LIMIT ?2
            """
        case .start:
            """
            UPDATE OR FAIL job SET state = 3, attempt = attempt + 1, worker = ?3, started_at = ?4, open_dependencies = 0
            WHERE id BETWEEN ?1 AND ?2
            """
        // The end of most jobs: only what changes is named. A statement of several rows that could be undone alone (OR ABORT) costs a
        // journal of its own; here a failure undoes the transaction anyway. 1 first id, 2 attempt, 3 worker, 4 end, 5 start, 6 last id
        case .complete:
            """
            UPDATE OR FAIL job SET state = 16, live = NULL, finished_at = ?4
            WHERE id BETWEEN ?1 AND ?6 AND attempt = ?2 AND worker = ?3 AND state = 3 AND flags & \(JobFlags.slow.rawValue) = 0
            """
        case .completeStarted:
            """
            UPDATE OR FAIL job SET state = 16, live = NULL, finished_at = ?4, started_at = ?5
            WHERE id BETWEEN ?1 AND ?6 AND attempt = ?2 AND worker = ?3 AND state = 3 AND flags & \(JobFlags.slow.rawValue) = 0
            """
        case .completeMore:
            """
            UPDATE job SET state = 16, live = NULL, finished_at = ?4, started_at = ?5,
              flags = flags | \(JobFlags.hasExtra.rawValue)
            \(Self.fence)
            """
        // The failure of a job without kin. 1 id, 2 attempt, 3 worker, 4 start, 5 state, 6 next start or end,
        // 7 attempts and 8 retries that came in place
        case .failInPlace:
            """
            UPDATE job SET attempt = attempt + ?7, retries = retries + ?8, started_at = ?4, flags = flags | \(Self.reported)
            \(Self.fence)
            """
        case .failAndRetry:
            """
            UPDATE job SET state = ?5, run_after = ?6, attempt = attempt + ?7, retries = retries + ?8,
              started_at = ?4,
              flags = flags | \(Self.reported)
            \(Self.fence)
            """
        case .failForGood:
            """
            UPDATE job SET state = ?5, live = NULL, finished_at = ?6, attempt = attempt + ?7,
              retries = retries + ?8, started_at = ?4, flags = flags | \(Self.reported)
            \(Self.fence)
            """
        case .clearRetry: "UPDATE job_extra SET io = NULL, retry_delay = NULL WHERE job = ?1"
        case .noteEnd:
            """
            UPDATE job SET started_at = ?2, flags = flags | \(JobFlags.hasReported.rawValue) WHERE id = ?1
            """
        case .requeue:
            """
            UPDATE job SET state = ?2, run_after = coalesce(?3, run_after), retries = retries + ?4 WHERE id = ?1
            """
        case .goOn:
            "UPDATE job SET attempt = attempt + 1, retries = retries + 1, started_at = ?2 WHERE id = ?1"
        case .end:
            """
            UPDATE job SET state = ?2, live = NULL, finished_at = ?3, open_dependencies = 0,
              flags = flags & ~\(JobFlags.runsOnceMore.rawValue)
            WHERE id = ?1
            """
        case .requestCancel:
            "UPDATE job SET flags = flags | \(JobFlags.cancelRequested.rawValue) WHERE id = ?1"
        case .setFlags: "UPDATE job SET flags = flags | ?2 WHERE id = ?1"

        case .makeExtra: "INSERT OR IGNORE INTO job_extra(job) VALUES(?1)"
        case .insertMore:
            """
            INSERT INTO job_extra(job, label, tags, parent, retry, timeout, expected_io, origin, schedule, due)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
            """
        // 1 job, 2 kind, 3 message, 4 IO, 5 delay, 6 whether it waits anew
        case .noteFailure:
            """
            INSERT INTO job_extra(job, failure_kind, failure, io, retry_delay) VALUES(?1, ?2, ?3, ?4, ?5)
            ON CONFLICT DO UPDATE SET failure_kind = ?2, failure = ?3, io = ?4, retry_delay = ?5,
              paused_for = CASE ?6 WHEN 1 THEN 0 ELSE paused_for END
            """
        case .noteReport: "UPDATE job_extra SET io = ?2, retry_delay = ?3 WHERE job = ?1"
        case .reportMore:
            """
            INSERT INTO job_extra(job, io, output) VALUES(?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET io = ?2, output = coalesce(?3, output), retry_delay = NULL
            """
        case .setOutput: "UPDATE job_extra SET output = ?2 WHERE job = ?1"
        case .setFailure: "UPDATE job_extra SET failure_kind = ?2, failure = ?3 WHERE job = ?1"
        case .endMore: "UPDATE job_extra SET open_children = 0 WHERE job = ?1"
        case .noteCancel: "UPDATE job_extra SET cancel_requested_at = ?2 WHERE job = ?1"
        case .setChildFailure: "UPDATE job_extra SET child_failure = ?2 WHERE job = ?1"
        case .finalize: "UPDATE job_extra SET phase = 1 WHERE job = ?1"
        case .forgetChildren: "UPDATE job SET flags = flags & ~\(JobFlags.hasChildren.rawValue) WHERE id = ?1"
        case .blame:
            """
            INSERT INTO job_extra(job, crashes, solo_crashes, failure_kind, failure) VALUES(?1, ?2, ?3, ?4, ?5)
            ON CONFLICT(job) DO UPDATE SET crashes = excluded.crashes, solo_crashes = excluded.solo_crashes,
            failure_kind = excluded.failure_kind, failure = excluded.failure
            """
        case .setCheckpoint: "UPDATE job_extra SET checkpoint = ?2 WHERE job = ?1"
        case .due:
            """
            SELECT id, type, grp, priority, io_size, flags FROM job
            WHERE state > 3 AND state < 9 AND state = 4 AND run_after <= ?1 ORDER BY run_after LIMIT ?2
            """
        case .nextDue:
            """
            SELECT run_after FROM job WHERE state > 3 AND state < 9 AND state = 4 ORDER BY run_after LIMIT 1
            """

        case .insertDependency: "INSERT INTO dependency(on_job, job) VALUES(?1, ?2)"
        case .dependenciesOf: "SELECT dependencies, flags FROM job WHERE id = ?1"
        case .manyDependenciesOf: "SELECT dependencies FROM job_extra WHERE job = ?1"
        // One that was superseded within its batch waits no more.
        case .setDependencies:
            """
            UPDATE job SET open_dependencies = CASE live WHEN 1 THEN ?2 ELSE 0 END, dependencies = ?3 WHERE id = ?1
            """
        case .setManyDependencies: "UPDATE job_extra SET dependencies = ?2 WHERE job = ?1"
        case .dependentsOf: "SELECT job FROM dependency WHERE on_job = ?1 ORDER BY job"
        // Only of a job that has not ended: then a dependent that waits at all waits for it.
        case .openDependentsOf:
            """
            SELECT job FROM dependency CROSS JOIN job ON job.id = dependency.job
            WHERE on_job = ?1 AND open_dependencies > 0 ORDER BY dependency.job
            """
        case .waitingFor:
            """
            SELECT on_job, id, type, grp, priority, io_size, state, flags, run_after, open_dependencies
            FROM dependency CROSS JOIN job ON job.id = dependency.job
            WHERE on_job BETWEEN ?1 AND ?2 AND open_dependencies > 0 ORDER BY on_job, dependency.job
            """
        case .unblock: "UPDATE job SET state = ?2, open_dependencies = 0 WHERE id = ?1"
        case .setOpenDependencies: "UPDATE job SET open_dependencies = ?2 WHERE id = ?1"
        case .lastAwaited: "SELECT max(on_job) FROM dependency"
        case .stateOf: "SELECT state, open_dependencies FROM job WHERE id = ?1"
        case .parentOf: "SELECT state, flags, priority, expires_at FROM job WHERE id = ?1"
        case .childrenOf:
            """
            SELECT child.job FROM child CROSS JOIN job ON job.id = child.job WHERE child.parent = ?1 AND job.live = 1
            ORDER BY child.job
            """
        case .insertChild: "INSERT INTO child(parent, job) VALUES(?1, ?2)"
        case .deleteChild: "DELETE FROM child WHERE parent = ?1 AND job = ?2"
        case .addChild: "UPDATE job_extra SET open_children = open_children + 1 WHERE job = ?1"
        case .childEnded: "UPDATE job_extra SET open_children = open_children - 1 WHERE job = ?1"
        case .insertAttempt:
            """
            INSERT INTO attempt(job, number, worker, started_at, ended_at, failure_kind, failure)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)
            """
        case .attemptsOf:
            """
            SELECT number, worker, started_at, ended_at, failure_kind, failure FROM attempt WHERE job = ?1
            ORDER BY number
            """
        case .attemptOf: "SELECT attempt, worker, started_at, finished_at, live FROM job WHERE id = ?1"
        case .insertTag: "INSERT INTO tag(key, value, job) VALUES(?1, ?2, ?3)"
        // Several of one job at once, as jobs are.
        case .insertTags:
            """
            INSERT OR FAIL INTO tag(job, key, value)
            VALUES \((0..<Self.tagWidth).map { "(?1, ?\(2 * $0 + 2), ?\(2 * $0 + 3))" }.joined(separator: ", "))
            """
        case .tagValues: "SELECT value, count(*) FROM tag WHERE key = ?1 GROUP BY value ORDER BY value LIMIT ?2"
        case .tagValuesAfter:
            "SELECT value, count(*) FROM tag WHERE key = ?1 AND value > ?3 GROUP BY value ORDER BY value LIMIT ?2"
        case .tagKeys:
            """
            SELECT key, count(*) FROM tag WHERE key >= max(?1, ?3) AND key <> ?3 AND key < ?4
            GROUP BY key ORDER BY key LIMIT ?2
            """
        case .tagKeysToTheEnd:
            """
            SELECT key, count(*) FROM tag WHERE key >= max(?1, ?3) AND key <> ?3 GROUP BY key ORDER BY key LIMIT ?2
            """

        case .insertWorker:
            """
            INSERT INTO worker(id, store, host, boot, pid, process_start, opened_at, renewed_at, renewed_uptime, lease)
            VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9)
            """
        case .worker: "SELECT 1 FROM worker WHERE id = ?1"
        case .workers:
            """
            SELECT id, store, host, boot, pid, process_start, renewed_at, renewed_uptime, lease FROM worker ORDER BY id
            """
        case .renewWorker: "UPDATE worker SET renewed_at = ?2, renewed_uptime = ?3 WHERE id = ?1"
        case .deleteWorker: "DELETE FROM worker WHERE id = ?1"
        case .setRunning: "UPDATE worker SET running = ?2 WHERE id = ?1"
        case .workersOfStore: "SELECT id FROM worker WHERE store = ?1"
        case .foreignWorkers: "SELECT count(*) FROM worker WHERE store <> ?1"
        case .workerCount: "SELECT count(*) FROM worker"
        case .counter: "SELECT value FROM counter WHERE name = ?1"
        // No counter goes back: the newest jobs may be deleted in any order, and none of their ids may be given again.
        case .setCounter:
            "INSERT INTO counter(name, value) VALUES(?1, ?2) ON CONFLICT DO UPDATE SET value = max(value, ?2)"

        case .tally: "SELECT tally FROM type_statistics WHERE type = ?1"
        case .tallies: "SELECT type, tally FROM type_statistics"
        case .insertTally: "INSERT INTO type_statistics(type, tally) VALUES(?1, ?2)"
        case .setTally: "UPDATE type_statistics SET tally = ?2 WHERE type = ?1"
        case .deleteTally: "DELETE FROM type_statistics WHERE type = ?1"
        case .deleteTallies: "DELETE FROM type_statistics"

        case .pauses: "SELECT scope, name, reason, until, laid_at, stops FROM pause ORDER BY id"
        case .insertPause:
            "INSERT INTO pause(scope, name, reason, until, laid_at, stops) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"
        case .notePast:
            """
            INSERT INTO pause_past(scope, name, laid_at, until) SELECT scope, name, laid_at, min(?4, coalesce(until, ?4))
            FROM pause WHERE scope = ?1 AND name = ?2 AND (?3 IS NULL OR reason = ?3)
            """
        case .noteLapsed:
            """
            INSERT INTO pause_past(scope, name, laid_at, until) SELECT scope, name, laid_at, until FROM pause WHERE until <= ?1
            """
        case .trimPast:
            "DELETE FROM pause_past WHERE id <= (SELECT max(id) FROM pause_past) - \(PauseLog.capacity)"
        case .pastPauses: "SELECT scope, name, laid_at, until FROM pause_past ORDER BY id"
        case .deletePause:
            "DELETE FROM pause WHERE scope = ?1 AND name = ?2 AND (?3 IS NULL OR reason = ?3)"
        case .deleteLapsed: "DELETE FROM pause WHERE until <= ?1"

        // The columns in order: 2 to 7 are how far it has come.
        case .putSchedule:
            """
            INSERT OR REPLACE INTO schedule(\(Self.scheduleColumns)) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,
              ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23)
            """
        case .schedule: "SELECT \(Self.scheduleColumns) FROM schedule WHERE name = ?1"
        case .schedules: "SELECT \(Self.scheduleColumns) FROM schedule ORDER BY name"
        case .agenda:
            """
            SELECT next, name, type, recurrence FROM schedule WHERE next IS NOT NULL AND paused_at IS NULL
            ORDER BY next, name
            """
        case .moveSchedule:
            """
            UPDATE schedule SET next = ?2, occurrences = ?3, skipped = ?4, last_job = ?5, last_due = ?6, paused_at = ?7
            WHERE name = ?1
            """
        case .pauseSchedule: "UPDATE schedule SET paused_at = ?2 WHERE name = ?1"
        case .deleteSchedule: "DELETE FROM schedule WHERE name = ?1"
        case .replacePredecessor: "UPDATE schedule SET last_job = ?3 WHERE name = ?1 AND last_job = ?2"

        case .pages: "PRAGMA main.page_count"
        case .freePages: "PRAGMA main.freelist_count"
        case .deleteJob: "DELETE FROM job WHERE id = ?1"
        case .deleteMore: "DELETE FROM job_extra WHERE job = ?1"
        case .deletePayload: "DELETE FROM payload WHERE job = ?1"
        case .deleteTag: "DELETE FROM tag WHERE key = ?1 AND value = ?2 AND job = ?3"
        case .deleteDependency: "DELETE FROM dependency WHERE on_job = ?1 AND job = ?2"
        case .deleteAttempts: "DELETE FROM attempt WHERE job = ?1"
        case .finishedCount: "SELECT count(*) FROM job WHERE state > 15 AND state <> ?1"
        case .finishedFirst:
            """
            SELECT id, finished_at, state FROM job
            WHERE state > 15 AND (finished_at, id) > (?1, ?2) ORDER BY finished_at, id LIMIT 256
            """
        case .activeDependents:
            """
            SELECT 1 FROM dependency JOIN job ON job.id = dependency.job
            WHERE dependency.on_job = ?1 AND job.live = 1 LIMIT 1
            """

        case .endedCounts: "SELECT state, count(*) FROM job WHERE state > 15 GROUP BY state"
        case .readyCounts: "SELECT type, count(*) FROM job WHERE state = 2 GROUP BY type"
        case .nextReadyType: "SELECT type FROM job WHERE state = 2 AND type > ?1 ORDER BY type LIMIT 1"
        case .readyOfType: "SELECT count(*) FROM job WHERE state = 2 AND type = ?1"
        case .otherActiveTypes: "SELECT type FROM job WHERE state > 3 AND state < 9"
        case .otherActiveStates:
            """
            SELECT state, count(*) FROM job WHERE state > 3 AND state < 9 GROUP BY state
            """
        case .readyByGroup: "SELECT type, grp, count(*), min(id) FROM job WHERE state = 2 GROUP BY type, grp"
        case .activeApart: "SELECT state, type, grp, id, run_after FROM job WHERE state > 3 AND state < 9"
        case .workerStandings: "SELECT id, pid, opened_at, renewed_at, lease, running FROM worker ORDER BY id"
        }
    }
}
