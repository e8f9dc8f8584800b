import QueueModel

/// An attempt that has ended, on its way through the completion channel.
struct FinishedAttempt: Sendable {
    let completion: Completion
    let execution: Execution

    /// Lets the job's task know what became of the attempt, if it goes on in place.
    func settle(goesOn: Bool) {
        if case .retryInPlace = completion.end { execution.settleAttempt(goesOn: goesOn) }
    }
}
