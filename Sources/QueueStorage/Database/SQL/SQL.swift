import QueueModel
import QueueStoreKit

/// The names of all statements that a connection prepares once and keeps.
///
/// Their texts are in the files beside this one, one per subject. Up to four parameters are numbered; where there are
/// more, they have names. Stored constants are written into the text and never bound, so that SQLite can match the
/// conditions of partial indexes.
enum SQL: Int, CaseIterable, Sendable {
    // Transactions
    case begin, beginRead, commit, rollback, savepoint, releaseSavepoint, rollBackToSavepoint, lock,
        schemaVersion, temporarySchemaVersion, typeName, typeID, insertType, groupName, groupID, insertGroup,
        lastJob, deletedMark, counter, setCounter
    // Submitting
    case insertJob, insertJobs, deleteJobs, insertPayload, jobWithKey, insertExtra, makeExtra, insertTag,
        insertTags, insertDependency, setDependencies, setManyDependencies, lastAwaited, stateOf, parentOf,
        insertChild, addChild, setPriority, setLane
    // Claiming
    case nextLane, laneFront, runningOfWorkers, allSuspects, allPreempted, waitsSince, pausedFor, due, nextDue,
        records, start, setState, setRunning, buckets, setBucket, deleteFullBuckets
    // Finishing
    case head, headExtra, complete, completeStarted, completeWithExtra, failInPlace, failAndRetry, failForGood,
        clearRetry, noteEnd, requeue, goOn, end, requestCancel, setFlags, setStateAndFlags, setPaused,
        endPaused, clearPaused, noteFailure, noteReport, reportExtra, setOutput, setFailure, endExtra,
        noteCancel, setChildFailure, finalize, forgetChildren, setCheckpoint, insertAttempt
    // Dependents
    case dependentsOf, openDependentsOf, waitingFor, unblock, setOpenDependencies, childrenOf, childEnded
    // Workers
    case insertWorker, worker, workers, renewWorker, deleteWorker, workersOfStore, foreignWorkers, workerCount,
        blame
    // Control
    case pauses, insertPause, notePast, noteLapsed, trimPast, pastPauses, deletePause, deleteLapsed
    // Schedules
    case putSchedule, schedule, schedules, agenda, moveSchedule, pauseSchedule, deleteSchedule,
        replacePredecessor
    // Queries
    case record, extra, payload, dependenciesOf, manyDependenciesOf, attemptsOf, attemptOf, tagValues,
        tagValuesAfter, tagKeys, tagKeysToTheEnd, endedCounts, readyCounts, nextReadyType, readyOfType,
        otherActiveTypes, otherActiveStates, readyByGroup, activeApart, workerStatuses, tally, tallies
    // Upkeep
    case expired, deleteJob, deleteExtra, deletePayload, deleteTag, deleteDependency, deleteChild,
        deleteAttempts, finishedCount, finishedFirst, activeDependents, pages, freePages, insertTally, setTally,
        deleteTally, deleteTallies

    /// The statements that nearly every store runs.
    ///
    /// They are prepared when the store is opened, at about 15 µs each.
    static let hot: [SQL] = [
        .begin, .commit, .typeName, .typeID, .insertType, .nextLane, .laneFront, .runningOfWorkers, .allSuspects,
        .lastJob, .deletedMark, .lastAwaited, .insertJob, .insertExtra, .records, .extra, .head, .headExtra, .start,
        .complete, .completeStarted, .failInPlace, .failAndRetry, .failForGood, .noteFailure, .insertAttempt, .end,
        .nextDue, .insertDependency, .stateOf, .waitingFor, .unblock, .setOpenDependencies, .insertWorker, .worker,
        .workers, .setRunning, .deleteWorker, .counter, .setCounter, .pauses, .nextReadyType, .otherActiveTypes,
        .agenda, .tally, .setTally,
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
