import QueueModel
import QueueStoreKit
import Synchronization

/// One claimed job on its way through this worker: what the run loop and the job's own task share.
final class Execution: Sendable {
    let job: JobRecord
    let executor: ExecutorEntry
    let worker: WorkerID
    /// How long each attempt may take, unless it is told otherwise.
    let timeLimit: Duration?
    /// How far the present attempt says it is.
    let progress = ProgressCell()
    /// The bytes that the present attempt has moved.
    let io = IOCell()
    /// What the job has spawned so far, as far as it was asked.
    let offspring = Mutex(Offspring())
    private let started: Atomic<Int64>
    private let state = Mutex(State())

    private struct State {
        var task: TaskHandle?
        var reason: CancellationReason?
        var attemptsInPlace = 0
        /// When the present attempt has reached its time limit.
        var deadline: Duration?
        /// Whether the run loop looks at the deadline.
        var isWatched = false
        var isBetweenAttempts = false
        var checkpoint: [UInt8]?
        /// What is to be done with the record of the present attempt's success.
        var effects: [any CompletionEffect] = []
        /// Failed attempts in place that are on their way to the store.
        var unsettled = 0
        /// Whether the store has given up one of them, and with it all that follow.
        var isLost = false
        var waiters: [(limit: Int, continuation: CheckedContinuation<Void, Never>)] = []

        /// Whether no more than so many are on their way, or waiting for them has become pointless.
        func isSettled(downTo limit: Int) -> Bool { isLost || unsettled <= limit }

        /// Takes out those who need not wait any longer.
        mutating func takeSettledWaiters() -> [CheckedContinuation<Void, Never>] {
            if waiters.isEmpty { return [] }
            let settled = waiters.filter { isSettled(downTo: $0.limit) }
            waiters = waiters.filter { !isSettled(downTo: $0.limit) }
            return settled.map(\.continuation)
        }
    }

    /// A task that other tasks may cancel.
    ///
    /// `UnsafeCurrentTask` is not Sendable since it must not outlive its task, and since only some of its members may be used from
    /// elsewhere. Here it stands in the state only while `withCancellableTask` runs in that very task, it is only touched under
    /// the state's lock, and only `cancel`, which may be called from anywhere, is called.
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

    /// Why the job is to stop, if it is.
    var cancellation: CancellationReason? {
        state.withLock { $0.reason }
    }

    /// Failed attempts that were made here without going back to the queue.
    var attemptsInPlace: Int {
        state.withLock { $0.attemptsInPlace }
    }

    /// The present attempt: the fencing token.
    var attempt: Int {
        job.attempt + attemptsInPlace
    }

    /// Runs the job's code with its task within reach of ``cancel(_:)``.
    ///
    /// The task is let go of before this returns, under the lock that `cancel` takes, so it is never touched after its end.
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

    /// Asks the job to stop; the first reason counts, except that a cancellation for good comes before any other.
    func cancel(_ reason: CancellationReason) {
        state.withLock { state in
            if state.reason == nil || reason == .cancelled { state.reason = reason }
            state.task?.task.cancel()
        }
    }

    /// Notes when the present attempt began, for its time limit.
    func begin(at now: Duration) {
        guard let timeLimit else { return }
        state.withLock { state in
            state.deadline = now + timeLimit
            state.isWatched = true
        }
    }

    /// Notes that the present attempt's code has returned, and tells why it was to stop, if it was.
    ///
    /// From now on its time limit can't be reached any more; else it would stop the next attempt.
    func endAttempt() -> CancellationReason? {
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

    /// Gives an attempt that goes on another time limit; returns whether the run loop has to be told of the job.
    func setDeadline(_ deadline: Duration?, in attempt: Int) -> Bool {
        state.withLock { state in
            guard !state.isBetweenAttempts, attempt == job.attempt + state.attemptsInPlace else { return false }
            state.deadline = deadline
            defer { if deadline != nil { state.isWatched = true } }
            return deadline != nil && !state.isWatched
        }
    }

    /// Counts a failed attempt that is followed by another at once.
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

    /// Notes what became of a failed attempt in place: whether the job is still this worker's.
    func settleAttempt(goesOn: Bool) {
        let waiters = state.withLock { state in
            state.unsettled -= 1
            if !goesOn { state.isLost = true }
            return state.takeSettledWaiters()
        }
        if !goesOn { cancel(.leaseLost) }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until no more than so many failed attempts in place are on their way to the store; returns whether the job is
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

    /// Why the job should stop here, going by what the store says of it after it has told of a stop; `nil` if it need not.
    func reasonToStop(_ record: JobRecord?) -> CancellationReason? {
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

    /// When the present attempt began.
    var startedAt: Timestamp {
        get { Timestamp(milliseconds: started.load(ordering: .relaxed)) }
        set { started.store(newValue.milliseconds, ordering: .relaxed) }
    }

    /// Notes something to be done with the record of an attempt's success; returns whether the attempt goes on.
    func attach(_ effect: any CompletionEffect, in attempt: Int) -> Bool {
        state.withLock { state in
            guard !state.isBetweenAttempts, attempt == job.attempt + state.attemptsInPlace else { return false }
            state.effects.append(effect)
            return true
        }
    }

    /// What is to be done with the record of the present attempt's success, in order.
    var effects: [any CompletionEffect] {
        state.withLock { $0.effects }
    }

    /// What this or an earlier attempt saved.
    var checkpoint: [UInt8]? {
        state.withLock { $0.checkpoint } ?? job.checkpoint
    }

    /// Keeps what was saved, so that it can be read back without a look at the store.
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
