import QueueModel
import QueueStoreKit

/// What the rules need to know of a job, without its content.
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

    /// What decides how an attempt's end is recorded.
    var finishFacts: FinishFacts {
        FinishFacts(
            isRunning: isRunning, attempt: Int(attempt), worker: WorkerID(rawValue: worker),
            cancelRequestedAt: cancelRequestedAt.map { Timestamp(milliseconds: $0) },
            childFailure: childFailure.map { JobFailure(.relatedJob, $0) },
            hadChildren: flags.contains(.hasChildren), openChildren: Int(openChildren))
    }

    /// The state that a pending job stands in at an instant.
    func pendingState(at now: Timestamp) -> StoredState {
        if let runAfter, runAfter > now.milliseconds { return .scheduled }
        return isSuspect ? .suspect : .ready
    }
}
