import QueueModel
import Synchronization

/// A process of a simulation: the executor of its tasks and of its calls of the store.
///
/// A dead process remains until the simulation is over: its tasks are suspended, then find the store disconnected and
/// end.
final class SimulatedProcess: TaskExecutor {
    let name: String
    let number: Int
    let scheduler: SimulationScheduler
    let time: ManualTime
    private let life = Mutex(Life())

    private struct Life {
        var isDisconnected = false
        var latency = Duration.zero
        /// The number of executors that run in the process.
        var executing = 0
        /// The current lease.
        var lease: WorkerID?
    }

    /// The executor of calls of the store, by which the scheduler knows where a call begins and ends.
    final class Lane: TaskExecutor {
        private let number: Int
        private let scheduler: SimulationScheduler

        init(number: Int, scheduler: SimulationScheduler) {
            self.number = number
            self.scheduler = scheduler
        }

        func enqueue(_ job: consuming ExecutorJob) {
            scheduler.enqueue(UnownedJob(job), of: number, inStore: true)
        }
    }

    let lane: Lane

    init(name: String, number: Int, scheduler: SimulationScheduler, time: ManualTime) {
        self.name = name
        self.number = number
        self.scheduler = scheduler
        self.time = time
        lane = Lane(number: number, scheduler: scheduler)
        scheduler.add(own: self, store: lane)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        scheduler.enqueue(UnownedJob(job), of: number, inStore: false)
    }

    // MARK: State

    /// Whether the process is dead or disconnected from its store.
    var isDisconnected: Bool { life.withLock(\.isDisconnected) || scheduler.isDead(number) }

    /// Disconnects the process from its store permanently.
    func disconnect() {
        life.withLock { $0.isDisconnected = true }
    }

    /// The longest delay before a call of the store begins.
    var latency: Duration {
        get { life.withLock(\.latency) }
        set { life.withLock { $0.latency = newValue } }
    }

    /// The current lease of its queue.
    var lease: WorkerID? {
        get { life.withLock(\.lease) }
        set { life.withLock { $0.lease = newValue } }
    }

    /// The number of executors that run in the process.
    var executing: Int { life.withLock(\.executing) }

    /// Adds to the number of executors that run in the process.
    func count(_ change: Int) {
        life.withLock { $0.executing += change }
    }
}

/// A call of a worker's store begins when the scheduler chooses it and runs alone; other tasks may run before it
/// returns.
extension SimulatedProcess: CallGate {
    func pass<Answer: Sendable>(
        _ operation: Fault.Operation, _ body: () async throws(QueueError) -> Answer
    ) async throws(QueueError) -> Answer {
        let longest = latency.wholeMilliseconds
        if longest > 0 {
            let delay = Duration.milliseconds(scheduler.random(below: Int(longest) + 1))
            // A cancelled task still makes its call, without the delay.
            try? await time.clock.sleep(for: delay)
        }
        let answer = try await withTaskExecutorPreference(lane) { () async throws(QueueError) -> Answer in
            if isDisconnected { throw QueueError(.closed, "\(name) is dead") }
            scheduler.enterStore(number)
            defer { scheduler.leaveStore() }
            return try await body()
        }
        // Back to the process, which may die before the answer arrives.
        await Task.yield()
        return answer
    }
}
