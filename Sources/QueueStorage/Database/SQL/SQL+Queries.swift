import QueueModel
import QueueStoreKit

extension SQL {
    /// The statements that only read.
    static let queriesTexts: [SQL: SQLText] = [
        .record: "SELECT \(recordColumns) FROM job WHERE id = ?1",
        .extra: "SELECT \(extraColumns) FROM job_extra WHERE job = ?1",
        .payload: "SELECT bytes FROM payload WHERE job = ?1",
        .dependenciesOf: "SELECT dependencies, flags FROM job WHERE id = ?1",
        .manyDependenciesOf: "SELECT dependencies FROM job_extra WHERE job = ?1",
        .attemptsOf: """
        SELECT number, worker, started_at, ended_at, failure_kind, failure FROM attempt WHERE job = ?1
        ORDER BY number
        """,
        .attemptOf: "SELECT attempt, worker, started_at, finished_at, live FROM job WHERE id = ?1",
        .tagValues: "SELECT value, count(*) FROM tag WHERE key = ?1 GROUP BY value ORDER BY value LIMIT ?2",
        .tagValuesAfter:
            "SELECT value, count(*) FROM tag WHERE key = ?1 AND value > ?3 GROUP BY value ORDER BY value LIMIT ?2",
        .tagKeys: """
        SELECT key, count(*) FROM tag WHERE key >= max(?1, ?3) AND key <> ?3 AND key < ?4
        GROUP BY key ORDER BY key LIMIT ?2
        """,
        .tagKeysToTheEnd: """
        SELECT key, count(*) FROM tag WHERE key >= max(?1, ?3) AND key <> ?3 GROUP BY key ORDER BY key LIMIT ?2
        """,
        .endedCounts: "SELECT state, count(*) FROM job WHERE \(isTerminal) GROUP BY state",
        .readyCounts: "SELECT type, count(*) FROM job WHERE state = \(state: .ready) GROUP BY type",
        .nextReadyType: "SELECT type FROM job WHERE state = \(state: .ready) AND type > ?1 ORDER BY type LIMIT 1",
        .readyOfType: "SELECT count(*) FROM job WHERE state = \(state: .ready) AND type = ?1",
        .otherActiveTypes: "SELECT type FROM job WHERE \(isApart)",
        .otherActiveStates: "SELECT state, count(*) FROM job WHERE \(isApart) GROUP BY state",
        .readyByGroup: "SELECT type, grp, count(*), min(id) FROM job WHERE state = \(state: .ready) GROUP BY type, grp",
        .activeApart: "SELECT state, type, grp, id, run_after FROM job WHERE \(isApart)",
        .workerStatuses: "SELECT id, pid, opened_at, renewed_at, lease, running FROM worker ORDER BY id",
        .tally: "SELECT tally FROM type_statistics WHERE type = ?1",
        .tallies: "SELECT type, tally FROM type_statistics",
    ]
}
