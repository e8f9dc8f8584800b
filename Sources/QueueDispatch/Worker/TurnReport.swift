import QueueModel
import QueueStoreKit

/// What one committed turn changed: the one value that is passed from the write to the observers.
struct TurnReport: Sendable {
    /// The attempts that were stored, in order.
    var batch: [FinishedAttempt] = []
    /// What became of each.
    var outcomes: [CompletionOutcome] = []
    /// What else changed because of them, or of the claim.
    var changes: [JobChange] = []
    /// The time that the transaction took.
    var duration = Duration.zero

    /// Creates a report of a turn's result; of the batch nothing is reported if the store did not answer for each
    /// attempt.
    init(_ batch: [FinishedAttempt], _ result: TurnResult, took duration: Duration) {
        self.duration = duration
        changes = result.changes
        if result.outcomes.count == batch.count {
            self.batch = batch
            outcomes = result.outcomes
        }
    }

    /// Passes the outcomes to the jobs' tasks that go on in place, and to the judges of failed effects.
    func settleAttempts() {
        for (attempt, outcome) in zip(batch, outcomes) { attempt.settle(outcome) }
    }
}
