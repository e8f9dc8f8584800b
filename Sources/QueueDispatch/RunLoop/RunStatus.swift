import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

/// The state of a worker at one instant, as the queue's callers see it.
struct RunStatus {
    /// The lease under which jobs are claimed; `nil` before the first.
    var lease: WorkerID?
    /// Whether the worker has been asked to stop.
    var isStopping: Bool
    /// The jobs that run here, the first submitted first.
    var running: [Execution]
    /// How many ends of attempts wait to be stored.
    var uncommitted: Int
    /// Whether these are so many that nothing is claimed for now.
    var isHoldingBack: Bool
}

extension RunSession {
    /// The worker's state now.
    var status: RunStatus {
        let (lease, stop, running) = state.withLock { ($0.worker, $0.stop, $0.executions) }
        return RunStatus(
            lease: lease, isStopping: stop != .no, running: running, uncommitted: channel.uncommitted,
            isHoldingBack: channel.isHoldingBack)
    }

    /// The lease under which jobs are claimed; `nil` before the first.
    var lease: WorkerID? { state.withLock { $0.worker } }

    /// The job with an id, if it runs here.
    func execution(of id: JobID) -> Execution? { state.withLock { $0.running[id] } }

    /// How many jobs run here.
    var runningCount: Int { state.withLock { $0.running.count } }

    /// Has the loop look at the progress of running jobs from now on, since somebody has subscribed to it.
    func progressIsWanted() { doorbell.ring() }
}
