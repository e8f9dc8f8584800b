import QueueModel
import QueueStoreKit

/// The facts about a job that rules need, without its content.
struct JobHead {
    var id: Int64
    var lane: LaneKey
    var state: StoredState
    var flags: JobFlags
    var attempt: Int64
    var worker: Int64
    var startedAt: Int64
    var runAfter: Int64?
    var parent: Int64?
    var openChildren: Int64 = 0
    var crashes: Int64 = 0
    var soloCrashes: Int64 = 0
    var cancelRequestedAt: Int64?
    var childFailure: String?

    var priority: Int64 { lane.priority }
    var isSuspect: Bool { crashes >= 2 }
    var isRunning: Bool { state == .running }

    /// The facts that decide how an attempt's end is recorded.
    var finishFacts: FinishFacts {
        FinishFacts(
            isRunning: isRunning, attempt: Int(attempt), worker: WorkerID(rawValue: worker),
            cancelRequestedAt: cancelRequestedAt.map { Timestamp(milliseconds: $0) },
            childFailure: childFailure.map { JobFailure(.relatedJob, $0) },
            hadChildren: flags.contains(.hasChildren), openChildren: Int(openChildren))
    }

    /// Returns the stored state of a pending job at an instant.
    func pendingState(at now: Timestamp) -> StoredState {
        if let runAfter, runAfter > now.milliseconds { return .scheduled }
        return isSuspect ? .suspect : .ready
    }
}
