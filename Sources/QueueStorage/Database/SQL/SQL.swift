import QueueModel
import QueueStoreKit

/// The names of all statements that a connection prepares once and keeps.
///
/// Their texts are in the files beside this one, one per subject. Up to four parameters are numbered; where there are more, they
/// have names. Stored constants are written into the text and never bound, so that SQLite can match the conditions of partial
/// indexes.
enum SQL: Int, CaseIterable, Sendable {
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
    // Pauses
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

    /// The statements that nearly every store runs.
    ///
    /// They are prepared when the store is opened, at about 15 µs each.
    static let hot: [SQL] = [
        .begin, .commit, .typeName, .typeID, .insertType, .nextLane, .laneFront, .runningOfWorkers, .allSuspects,
        .lastJob,
        .deletedMark, .lastAwaited, .insertJob, .insertMore, .records, .more, .head, .headMore, .start, .complete,
        .completeStarted, .failInPlace, .failAndRetry, .failForGood, .noteFailure, .insertAttempt, .end, .nextDue,
        .insertDependency, .stateOf, .waitingFor, .unblock, .setOpenDependencies,
        .insertWorker, .worker, .workers, .setRunning, .deleteWorker, .counter, .setCounter, .pauses,
        .nextReadyType, .otherActiveTypes, .agenda, .tally, .setTally,
    ]

    /// The text of the statement; empty for one that has none, which can't be prepared.
    var text: String { Self.texts[rawValue] }

    /// The texts of all statements by ``rawValue``.
    private static let texts: [String] = {
        let rooms = [
            transactionsTexts, submittingTexts, claimingTexts, finishingTexts, dependentsTexts, workersTexts,
            controlTexts, schedulesTexts, queriesTexts, upkeepTexts,
        ]
        return allCases.map { sql in rooms.lazy.compactMap { $0[sql] }.first?.string ?? "" }
    }()
}
