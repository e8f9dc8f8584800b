import QueueModel
import QueueStoreKit

/// An attempt that has ended, on its way through the completion channel.
struct FinishedAttempt: Sendable {
    let completion: Completion
    let execution: Execution
    /// Decides anew how it ended if one of its effects has failed; `nil` without effects.
    var effectFailed: (@Sendable (EffectFailure) -> Void)?

    /// Passes the outcome to the job's task, if it goes on in place, and a failed effect to its judge.
    func settle(_ outcome: CompletionOutcome) {
        if case .retryInPlace = completion.end { execution.settleAttempt(goesOn: outcome == .recorded(.running)) }
        if case .effectFailed(let failure) = outcome { effectFailed?(failure) }
    }

    /// Notifies the job's task, if it goes on in place, that the attempt is not stored and the job not this worker's.
    func giveUp() {
        if case .retryInPlace = completion.end { execution.settleAttempt(goesOn: false) }
    }
}
