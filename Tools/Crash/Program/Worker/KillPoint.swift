/// A place in the course of a worker at which it may be told to kill itself.
enum KillPoint: String, CaseIterable, Sendable {
    /// Before the file is opened, and where there is none before it is made; and when it is open.
    case beforeOpening, afterOpening
    /// Around the recovery of other workers' jobs.
    case beforeRecovery, afterRecovery
    /// Around the commit of a single submission.
    case beforeSubmission, afterSubmission
    /// Around the commit of a batch of submissions.
    case beforeBatch, afterBatch
    /// Around a turn that claims and records no end.
    case beforeClaim, afterClaim
    /// Around a turn that records ends, and may claim besides.
    case beforeEnds, afterEnds
    /// Around the firing of a schedule.
    case beforeFiring, afterFiring
    /// Around a cancellation.
    case beforeCancellation, afterCancellation
    /// Around a checkpoint of the log that somebody asked for.
    case beforeCheckpoint, afterCheckpoint

    /// How often a worker comes there before it may be killed: seldom where it comes but once.
    var usualVisits: ClosedRange<Int> {
        switch self {
        case .beforeOpening, .afterOpening, .beforeRecovery, .afterRecovery: 1...1
        case .beforeSubmission, .afterSubmission: 1...60
        case .beforeClaim, .afterClaim, .beforeEnds, .afterEnds: 1...40
        case .beforeBatch, .afterBatch: 1...8
        case .beforeFiring, .afterFiring, .beforeCancellation, .afterCancellation: 1...3
        case .beforeCheckpoint, .afterCheckpoint: 1...3
        }
    }
}
