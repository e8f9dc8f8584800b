import QueueModel

/// An attempt that has ended, on its way through the completion channel.
struct FinishedAttempt: Sendable {
    let completion: Completion
    let execution: Execution
}
