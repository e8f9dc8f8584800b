import QueueModel
import QueueStoreKit
import Synchronization

/// One claimed job while it runs on this worker; shared by the loop and the job's own task.
final class Execution: Sendable {
    let job: JobRecord
    let executor: ExecutorEntry
    let worker: WorkerID
    /// The time limit of each attempt, unless its executor sets another; `nil`: none.
    let timeLimit: Duration?
    /// The progress that the present attempt has reported.
    let progress = ProgressCell()
    /// The bytes that the present attempt has moved.
    let io = IOCell()
    /// The children that the job has spawned so far, as far as that is known.
    let children = Mutex(ChildTracker())
    private let started: Atomic<Int64>
    private let state = Mutex(State())

    private struct State {
        var task: TaskHandle?
        var reason: JobContext.CancellationReason?
        var attemptsInPlace = 0
        /// When the present attempt reaches its time limit.
        var deadline: Duration?
        /// Whether the loop watches the deadline.
        var isWatched = false
        var isBetweenAttempts = false
        var checkpoint: [UInt8]?
        /// The effects to carry out with the record of the present attempt's success.
        var effects: [any CompletionEffect] = []
        /// Failed attempts in place that are on their way to the store.
        var unsettled = 0
        /// Whether the store has given up one of them, and with it all that follow.
        var isLost = false
        var waiters: [(limit: Int, continuation: CheckedContinuation<Void, Never>)] = []

        /// Returns whether at most `limit` attempts are on their way, or waiting for them has become pointless.
        func isSettled(downTo limit: Int) -> Bool { isLost || unsettled <= limit }

        /// Removes and returns the waiters that need not wait any longer.
        mutating func takeSettledWaiters() -> [CheckedContinuation<Void, Never>] {
            if waiters.isEmpty { return [] }
            let settled = waiters.filter { isSettled(downTo: $0.limit) }
            waiters = waiters.filter { !isSettled(downTo: $0.limit) }
            return settled.map(\.continuation)
        }
    }

    /// A task that other tasks may cancel.
    ///
    /// Proof: `UnsafeCurrentTask` is not Sendable since it must not outlive its task, and since only some of its
    /// members may be used from elsewhere. Here it is in the state only while `withCancellableTask` runs in that very
    /// task, it is only used under the state's lock, and only `cancel`, which may be called from anywhere, is called.
    private struct TaskHandle: @unchecked Sendable {
        let task: UnsafeCurrentTask
    }

    init(_ job: JobRecord, executor: ExecutorEntry, worker: WorkerID) {
        self.job = job
        self.executor = executor
        self.worker = worker
        timeLimit = job.timeout ?? executor.options.timeout
        started = Atomic(job.startedAt?.milliseconds ?? 0)
    }

    /// The reason for which the job was asked to stop; `nil` if it was not.
    var cancellation: JobContext.CancellationReason? {
        state.withLock { $0.reason }
    }

    /// The number of failed attempts that were repeated here without going back to the queue.
    var attemptsInPlace: Int {
        state.withLock { $0.attemptsInPlace }
    }

    /// The number of the present attempt: the fencing token.
    var attempt: Int {
        job.attempt + attemptsInPlace
    }

    /// Runs the job's code in a task that ``cancel(_:)`` can reach.
    ///
    /// The task is released before this returns, under the lock that `cancel` takes, so it is never used after its
    /// end.
    func withCancellableTask<Result>(_ body: () async -> Result) async -> Result {
        withUnsafeCurrentTask { task in
            let handle = task.map { TaskHandle(task: $0) }
            state.withLock { state in
                state.task = handle
                if state.reason != nil { handle?.task.cancel() }
            }
        }
        defer { state.withLock { $0.task = nil } }
        return await body()
    }

    /// Asks the job to stop; the first reason wins, except that a permanent cancellation overrides any other.
    func cancel(_ reason: JobContext.CancellationReason) {
        state.withLock { state in
            if state.reason == nil || reason == .cancelled { state.reason = reason }
            state.task?.task.cancel()
        }
    }

    /// Starts the time limit of the present attempt.
    func begin(at now: Duration) {
        guard let timeLimit else { return }
        state.withLock { state in
            state.deadline = now + timeLimit
            state.isWatched = true
        }
    }

    /// Notes that the present attempt's code has returned; returns the reason for which it was asked to stop, if it
    /// was.
    ///
    /// From now on its time limit can't be reached any more; it would stop the next attempt.
    func endAttempt() -> JobContext.CancellationReason? {
        state.withLock { state in
            state.isBetweenAttempts = true
            return state.reason
        }
    }

    /// Asks the present attempt to stop if it has reached its time limit.
    func timeOut(at now: Duration) {
        state.withLock { state in
            guard !state.isBetweenAttempts, state.reason == nil, let deadline = state.deadline, deadline <= now
            else { return }
            state.reason = .timedOut
            state.task?.task.cancel()
        }
    }

    /// When the present attempt has reached its time limit, on the clock of ``begin(at:)``.
    var deadline: Duration? {
        state.withLock { $0.deadline }
    }

    /// Sets another time limit for an attempt that goes on; returns whether the loop has to watch the job from now
    /// on.
    func setDeadline(_ deadline: Duration?, in attempt: Int) -> Bool {
        state.withLock { state in
            guard !state.isBetweenAttempts, attempt == job.attempt + state.attemptsInPlace else { return false }
            state.deadline = deadline
            defer { if deadline != nil { state.isWatched = true } }
            return deadline != nil && !state.isWatched
        }
    }

    /// Counts a failed attempt, and begins the next at once.
    func beginNextAttempt(at now: Duration) {
        io.reset()
        progress.reset()
        state.withLock { state in
            state.attemptsInPlace += 1
            state.unsettled += 1
            state.effects = []
            state.deadline = timeLimit.map { now + $0 }
            state.isBetweenAttempts = false
        }
    }

    /// Notes whether the job is still this worker's, now that a failed attempt in place was stored or given up.
    func settleAttempt(goesOn: Bool) {
        let waiters = state.withLock { state in
            state.unsettled -= 1
            if !goesOn { state.isLost = true }
            return state.takeSettledWaiters()
        }
        if !goesOn { cancel(.leaseLost) }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until at most `limit` failed attempts in place are on their way to the store; returns whether the job is
    /// still this worker's, as far as is known.
    func settled(downTo limit: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            let isSettled = state.withLock { state in
                if state.isSettled(downTo: limit) { return true }
                state.waiters.append((limit, continuation))
                return false
            }
            if isSettled { continuation.resume() }
        }
        return state.withLock { !$0.isLost }
    }

    /// Returns why the job should stop here, by its record in the store after a signal to stop; `nil` if it need not.
    func reasonToStop(_ record: JobRecord?) -> JobContext.CancellationReason? {
        switch record?.state {
        case .cancelled, .superseded:
            .cancelled
        case .running where record?.worker == worker:
            record?.cancelRequestedAt == nil ? nil : .cancelled
        default:
            // It was taken from this worker, and is, or was, another's.
            .leaseLost
        }
    }

    /// The instant at which the present attempt began.
    var startedAt: Timestamp {
        get { Timestamp(milliseconds: started.load(ordering: .relaxed)) }
        set { started.store(newValue.milliseconds, ordering: .relaxed) }
    }

    /// Adds an effect to carry out with the record of an attempt's success; returns whether the attempt goes on.
    func attach(_ effect: any CompletionEffect, in attempt: Int) -> Bool {
        state.withLock { state in
            guard !state.isBetweenAttempts, attempt == job.attempt + state.attemptsInPlace else { return false }
            state.effects.append(effect)
            return true
        }
    }

    /// The effects of the present attempt, in order.
    var effects: [any CompletionEffect] {
        state.withLock { $0.effects }
    }

    /// The checkpoint that this or an earlier attempt saved last.
    var checkpoint: [UInt8]? {
        state.withLock { $0.checkpoint } ?? job.checkpoint
    }

    /// Keeps a saved checkpoint, so that it can be read back without a look at the store.
    func saved(checkpoint bytes: [UInt8]) {
        state.withLock { $0.checkpoint = bytes }
    }
}

extension Execution: WorkerJob {
    static func == (left: Execution, right: Execution) -> Bool { left === right }

    var id: JobID { job.id }
    var priority: Priority { job.priority }
    var claimedAt: Timestamp { job.startedAt ?? .distantPast }
}
