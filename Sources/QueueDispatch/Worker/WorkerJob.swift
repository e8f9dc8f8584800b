import QueueModel
import QueueStoreKit

/// The facts about a running job that decisions of a worker depend on.
///
/// ``Execution`` is the only one in the library; tests of ``WorkerState`` use plain values.
protocol WorkerJob: Equatable, Sendable {
    var id: JobID { get }
    var priority: Priority { get }
    /// When the job's first attempt of this claim began, in the store's record.
    var claimedAt: Timestamp { get }
    /// Why the job was asked to stop, if it was.
    var cancellation: JobContext.CancellationReason? { get }
    /// When the present attempt reaches its time limit; `nil` without one.
    var deadline: Duration? { get }
}
