import QueueModel
import QueueStoreKit

/// The recovery of a batch whose turn failed: it is stored beside the loop, and nothing else is stored meanwhile.
///
/// | State | Event | State | Effect |
/// |---|---|---|---|
/// | idle | `request` | requested | turns take no batch and claim nothing |
/// | requested | `begin` | running | the loop starts the recovery |
/// | running | `end` | idle | the loop looks again |
/// | requested, running | `beginLastAttempt` while cancelling | the same, last attempt | a drain takes the batch over |
/// | any, last attempt | `endLastAttempt` | the same | what is not stored is kept for the final report |
struct RecoveryState: Sendable {
    private enum State {
        case idle
        case requested(QueueError)
        case running
    }

    private var state = State.idle
    /// Whether what could not be stored is tried for the last time.
    private(set) var isLastAttempt = false
    /// Jobs whose ends could not be stored in time.
    private(set) var unstored: [JobID] = []

    /// Whether a batch is to be recovered, or is being recovered.
    var isActive: Bool {
        if case .idle = state { false } else { true }
    }

    /// Whether completions are stored beside the loop, so that no turn may take any.
    var isStoringBeside: Bool { isActive || isLastAttempt }

    /// Whether the loop has to start a recovery.
    var isRequested: Bool {
        if case .requested = state { true } else { false }
    }

    mutating func request(after error: QueueError) {
        state = .requested(error)
    }

    /// Returns the error after which a recovery has to be started, once.
    mutating func begin() -> QueueError? {
        guard case .requested(let error) = state else { return nil }
        state = .running
        return error
    }

    mutating func end() {
        state = .idle
    }

    /// Begins the last attempt, unless there is nothing to recover or it has begun; returns whether it begins now.
    mutating func beginLastAttempt() -> Bool {
        guard isActive, !isLastAttempt else { return false }
        isLastAttempt = true
        return true
    }

    mutating func endLastAttempt(unstored ids: some Sequence<JobID>) {
        isLastAttempt = false
        unstored += ids
    }
}
