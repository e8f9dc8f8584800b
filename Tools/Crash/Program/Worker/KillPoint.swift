import FaultVFS

/// A point in a worker's code at which it may be told to kill itself.
enum KillPoint: String, CaseIterable, Sendable {
    /// Before the file is opened, and where there is none before it is made; and when it is open.
    case beforeOpening, afterOpening
    /// Between any two of SQLite's calls while the file is opened: making the schema, reading the log that another has
    /// left.
    case insideOpening
    /// Around the recovery of other workers' jobs.
    case beforeRecovery, afterRecovery
    /// Around the commit of a single submission.
    case beforeSubmission, afterSubmission
    /// Around the commit of a batch of submissions.
    case beforeBatch, afterBatch
    /// Around a turn that claims and records no end.
    case beforeClaim, afterClaim
    /// Around a turn that records ends, and may also claim.
    case beforeEnds, afterEnds
    /// Around the firing of a schedule.
    case beforeFiring, afterFiring
    /// Around a cancellation.
    case beforeCancellation, afterCancellation
    /// In the middle of a commit of any kind: at a write to the log, and at a sync of it.
    case insideCommit, insideCommitSync
    /// Around an explicit checkpoint of the log.
    case beforeCheckpoint, afterCheckpoint
    /// In the middle of a checkpoint: at a write to the database, and at a sync of it.
    case insideCheckpoint, insideCheckpointSync

    /// How often a worker comes there before it may be killed: seldom where it comes but once.
    var usualVisits: ClosedRange<Int> {
        switch self {
        case .beforeOpening, .afterOpening, .beforeRecovery, .afterRecovery: 1...1
        case .insideOpening: 1...200
        case .beforeSubmission, .afterSubmission: 1...40
        // Most turns record ends.
        case .beforeClaim, .afterClaim: 1...3
        case .beforeEnds, .afterEnds: 1...20
        case .beforeBatch, .afterBatch: 1...5
        case .beforeFiring, .afterFiring, .beforeCancellation, .afterCancellation: 1...2
        case .insideCommit: 1...400
        case .insideCommitSync: 1...6
        case .beforeCheckpoint, .afterCheckpoint, .insideCheckpointSync: 1...2
        case .insideCheckpoint: 1...100
        }
    }

    /// The calls of SQLite at which the point lies, if it is one of those.
    var fileCalls: (operations: Set<FileOperation>, roles: Set<FileRole>)? {
        switch self {
        case .insideOpening: ([], [])
        case .insideCommit: ([.write], [.log])
        case .insideCommitSync: ([.sync], [.log])
        case .insideCheckpoint: ([.write], [.database])
        case .insideCheckpointSync: ([.sync], [.database])
        default: nil
        }
    }
}
