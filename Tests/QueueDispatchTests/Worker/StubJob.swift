import QueueModel
import QueueStoreKit

@testable import QueueDispatch

/// A running job as a plain value: two are equal if they are the same execution.
struct StubJob: WorkerJob {
    var id: JobID
    /// Tells two executions of one job apart.
    var execution = 1
    var priority = Priority.normal
    var claimedAt = Timestamp(milliseconds: 0)
    var cancellation: JobContext.CancellationReason?
    var deadline: Duration?

    init(
        _ id: Int64, execution: Int = 1, priority: Priority = .normal, claimedAt: Int64 = 0,
        cancellation: JobContext.CancellationReason? = nil, deadline: Duration? = nil
    ) {
        self.id = JobID(id)
        self.execution = execution
        self.priority = priority
        self.claimedAt = Timestamp(milliseconds: claimedAt)
        self.cancellation = cancellation
        self.deadline = deadline
    }

    static func == (left: StubJob, right: StubJob) -> Bool {
        left.id == right.id && left.execution == right.execution
    }
}

/// Members and the loop are plain numbers here.
typealias StubState = WorkerState<StubJob, Int>

/// The number under which the loop waits in the tests.
let loopWaiter = 100

extension StubState {
    /// A worker with a lease, whose loop waits to be woken.
    static func running(_ settings: WorkerSettings = WorkerSettings()) -> StubState {
        var state = StubState(settings: settings)
        state.leaseOpened(WorkerID(rawValue: 1), at: .zero)
        _ = state.pauses.take()
        _ = state.timers.setAlarm(at: .zero)
        _ = state.loop.wait(loopWaiter)
        return state
    }

    /// Jobs that run, as a turn has started them.
    mutating func run(_ jobs: StubJob...) {
        for job in jobs { self.jobs.start(job) }
    }

    /// A plan with nothing waiting in the channel.
    mutating func plan(finishing count: Int = 0, concurrency: Int = 4, uncommitted: Int = 0) -> TurnPlan {
        planTurn(finishing: count, concurrency: concurrency, channel: ChannelStatus(uncommitted: uncommitted))
    }

    /// A worker that has just claimed without success, and knows of no work.
    static func idle(_ settings: WorkerSettings = WorkerSettings()) -> StubState {
        var state = running(settings)
        _ = state.loopBegins()
        let plan = state.plan()
        _ = state.turnDone(TurnAnswer(stored: 0, claimed: 0, started: []), limit: plan.claim?.limit, at: .zero)
        _ = state.loopEnds(channel: ChannelStatus())
        return state
    }
}
