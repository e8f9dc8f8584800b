/// Takes the figures that a queue reports (rule Q5).
///
/// Called after the commit of what it tells of, from the queue's own loop; it must be quick.
public protocol MetricsSink: Sendable {
    /// A batch of completions was committed: how many, and how long the transaction took.
    func batchCommitted(size: Int, took: Duration)
    /// Attempts have started, each having waited so long since it could.
    func started(type: JobType, waited: Duration)
    /// An attempt has ended after so long, and left its job in this state.
    func ended(type: JobType, state: JobState, took: Duration)
}
