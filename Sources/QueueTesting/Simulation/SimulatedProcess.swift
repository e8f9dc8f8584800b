import QueueModel
import Synchronization

/// A process of a simulation: where its tasks run, and where its calls of the store do.
///
/// A dead process stays: what is left of its tasks stands still until the simulation is over, and then finds its store cut off and ends.
final class SimulatedProcess: TaskExecutor {
    let name: String
    let number: Int
    let scheduler: SimulationScheduler
    let time: ManualTime
    private let life = Mutex(Life())

    private struct Life {
        var isCutOff = false
        var latency = Duration.zero
        /// Attempts whose executor runs here.
        var executing = 0
        /// The present lease.
        var lease: WorkerID?
    }

    /// Where calls of the store run, so that the scheduler sees where one begins and ends.
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

    /// Whether it is dead, or its store was taken away.
    var isCutOff: Bool { life.withLock(\.isCutOff) || scheduler.isDead(number) }

    /// Takes its store away for good.
    func cutOff() {
        life.withLock { $0.isCutOff = true }
    }

    /// The longest time that a call of its store waits before it begins.
    var latency: Duration {
        get { life.withLock(\.latency) }
        set { life.withLock { $0.latency = newValue } }
    }

    /// The present lease of its queue.
    var lease: WorkerID? {
        get { life.withLock(\.lease) }
        set { life.withLock { $0.lease = newValue } }
    }

    /// How many executors run here.
    var executing: Int { life.withLock(\.executing) }

    /// Counts an executor that begins or has returned.
    func count(_ change: Int) {
        life.withLock { $0.executing += change }
    }
}

/// Every call of a worker's store: it begins when the scheduler says so, alone, and another task may come between its end and its return.
extension SimulatedProcess: CallGate {
    func pass<Answer: Sendable>(
        _ operation: Fault.Operation, _ body: () async throws(QueueError) -> Answer
    ) async throws(QueueError) -> Answer {
        let longest = latency.wholeMilliseconds
        if longest > 0 {
            let delay = Duration.milliseconds(scheduler.random(below: Int(longest) + 1))
            // A task that was told to stop still makes its call, at once.
            try? await time.clock.sleep(for: delay)
        }
        let answer = try await withTaskExecutorPreference(lane) { () async throws(QueueError) -> Answer in
            if isCutOff { throw QueueError(.closed, "\(name) is dead") }
            scheduler.enterStore(number)
            defer { scheduler.leaveStore() }
            return try await body()
        }
        // Back to the process: here it may die with the answer on its way.
        await Task.yield()
        return answer
    }
}
