import QueueModel
import QueueStoreKit

/// An attempt that has ended, on its way through the completion channel.
struct FinishedAttempt: Sendable {
    let completion: Completion
    let execution: Execution
    /// Says anew how it ended if an effect of its has failed; `nil` without effects.
    var effectFailed: (@Sendable (EffectFailure) -> Void)?

    /// Lets those know what became of the attempt who have to do with it: the job's task, if it goes on in place, and who judges an
    /// effect's failure.
    func settle(_ outcome: CompletionOutcome) {
        if case .retryInPlace = completion.end { execution.settleAttempt(goesOn: outcome == .recorded(.running)) }
        if case .effectFailed(let failure) = outcome { effectFailed?(failure) }
    }

    /// Lets the job's task know that the attempt is not stored, and what follows is not this worker's.
    func giveUp() {
        if case .retryInPlace = completion.end { execution.settleAttempt(goesOn: false) }
    }
}
