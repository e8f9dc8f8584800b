public import QueueDispatch
public import QueueModel
public import QueueStoreKit
import Synchronization

/// The environment of a ``Simulation``'s scenario: its clocks, workers and random numbers.
public final class SimulatedWorld: Sendable {
    /// The clocks, which advance by themselves whenever nothing is left to do before the next sleeper wakes.
    public let time: ManualTime
    let scheduler: SimulationScheduler
    let witness: Witness
    let main: SimulatedProcess
    private let seed: UInt64
    private let state = Mutex(State())

    private struct State {
        var store: (any JobStore)?
        var processes: [SimulatedProcess] = []
        var workers: [SimulatedWorker] = []
        var sleepers: [Task<Void, Never>] = []
    }

    init(seed: UInt64, scheduler: SimulationScheduler, time: ManualTime) {
        self.seed = seed
        self.scheduler = scheduler
        self.time = time
        witness = Witness(time: time)
        main = SimulatedProcess(name: "main", number: 0, scheduler: scheduler, time: time)
        state.withLock { $0.processes = [main] }
    }

    // MARK: Time and chance

    /// Suspends the scenario for a duration.
    ///
    /// Throws `CancellationError` when the simulation is over.
    public func sleep(for duration: Duration) async throws {
        try await time.clock.sleep(for: duration)
    }

    /// Suspends the task even if it is cancelled, as an executor that ignores cancellation does.
    public func sleepThroughCancellation(for duration: Duration) async {
        // The sleeping task is not cancelled with the one that waits for it; it ends with the simulation.
        await sleeper(for: duration).value
    }

    private func sleeper(for duration: Duration) -> Task<Void, Never> {
        let sleeper = Task(executorPreference: main) { [time] in
            // Cancelled when the simulation is over.
            _ = try? await time.clock.sleep(for: duration)
        }
        state.withLock { $0.sleepers.append(sleeper) }
        return sleeper
    }

    /// Lets the host sleep: both clocks jump ahead, and no task runs in between.
    public func sleepHost(for duration: Duration) {
        log("the host slept for \(duration)")
        time.sleepHost(for: duration)
    }

    /// Sets the wall clock forward, or back by a negative duration, as a time correction does.
    public func setWallClock(by duration: Duration) {
        time.wall.set(by: duration)
        log("the wall clock was set by \(duration)")
    }

    /// Returns a random number from 0 up to, but not including, a bound of at least 1, from the simulation's generator.
    public func random(below bound: Int) -> Int {
        scheduler.random(below: bound)
    }

    /// Adds a line to the log.
    public func log(_ text: String) {
        witness.log(main.name) { text }
    }

    /// Reports that one of the scenario's own checks has failed.
    ///
    /// The history ends, and the sentence is added to ``SimulationReport/violations``.
    public func fail(_ violation: String) {
        witness.report(violation)
    }

    /// Starts an unstructured task in the scenario's process that stays within the simulation.
    @discardableResult
    public func task<Answer: Sendable>(
        _ body: @escaping @Sendable () async throws -> Answer
    ) -> Task<Answer, any Error> {
        Task(executorPreference: main) { try await body() }
    }

    // MARK: Workers

    /// Starts and runs a queue on the simulation's store, in a process of its own.
    ///
    /// The configuration's clocks, seed, log and task executor are replaced with the simulation's.
    ///
    /// - Parameters:
    ///   - configuration: The settings of the queue.
    ///   - name: The process's name in the log; default: `worker` and a number.
    ///   - domains: The executors.
    /// - Throws: The errors of ``JobQueue/init(store:configuration:domains:)``.
    @discardableResult
    public func startWorker(
        _ configuration: QueueConfiguration, name: String? = nil, @Domain.Builder domains: () -> [Domain]
    ) throws(QueueError) -> SimulatedWorker {
        let (number, store) = state.withLock { ($0.processes.count, $0.store) }
        guard let store else { throw QueueError(.closed, "the simulation has ended and has no store") }
        let process = SimulatedProcess(
            name: name ?? "worker \(number)", number: number, scheduler: scheduler, time: time)
        state.withLock { $0.processes.append(process) }
        var configuration = configuration
        configuration.clock = time.clock
        configuration.wallClock = time.wall
        configuration.seed = seed &+ UInt64(number)
        configuration.log = SimulationLogSink(process: process, witness: witness)
        configuration.taskExecutor = process
        configuration.middleware.insert(ExecutionWatch(process: process), at: 0)
        let handle = SimulatedStore(store, process: process, witness: witness)
        let queue = try JobQueue(store: handle, configuration: configuration, domains: domains)
        let worker = SimulatedWorker(queue, handle, process, world: self)
        state.withLock { $0.workers.append(worker) }
        worker.start()
        return worker
    }

    /// Waits until the store has no active jobs.
    ///
    /// - Parameter limit: The time on the clock after which the remaining jobs count as starved, which is
    ///   reported as a violation. The default is one day.
    /// - Throws: `CancellationError` when the simulation is over, and any error of the store.
    public func settle(within limit: Duration = .seconds(86_400)) async throws {
        let end = time.clock.now.offset + limit
        var pause = Duration.milliseconds(100)
        while true {
            let active = try await look { (store) async throws(QueueError) in
                try await store.jobs(JobQuery(states: JobState.active, order: .oldestFirst, limit: 1000)).jobs
            }
            if active.isEmpty { return }
            guard time.clock.now.offset < end else {
                let names = active.map { "\($0.id) is \($0.state)" }.joined(separator: ", ")
                witness.report("I9: some jobs have not ended within \(limit): \(names)")
                throw CancellationError()
            }
            try await sleep(for: pause)
            pause = min(pause * 2, .seconds(60))
        }
    }

    /// Queries the store directly instead of through a worker's handle.
    ///
    /// Use it only to read: the simulation regards a change made here as an error of the store.
    public func look<Answer: Sendable>(
        _ body: (any JobStore) async throws(QueueError) -> Answer
    ) async throws(QueueError) -> Answer {
        guard let store = state.withLock(\.store) else {
            throw QueueError(.closed, "the simulation has ended and has no store")
        }
        return try await main.pass(.jobs) { () async throws(QueueError) in try await body(store) }
    }

    // MARK: Beginning and end

    func open(_ makeStore: @escaping @Sendable () async throws -> any JobStore) async throws {
        let store = try await withTaskExecutorPreference(main.lane) {
            scheduler.enterStore(main.number)
            defer { scheduler.leaveStore() }
            return try await makeStore()
        }
        await Task.yield()
        state.withLock { $0.store = store }
    }

    /// Stops the running workers and verifies the whole store.
    func finish() async throws {
        for worker in state.withLock(\.workers) { await worker.stop() }
        guard let store = state.withLock(\.store) else { return }
        let audited = AuditedStore(store, process: main, witness: witness)
        try await main.pass(.check) { () async throws(QueueError) in try await audited.verify() }
    }

    /// Marks a worker as dead, if the store can distinguish a dead process from a silent one.
    func markDead(_ lease: WorkerID?) {
        guard let lease, let memory = state.withLock(\.store) as? MemoryJobStore else { return }
        memory.crash(lease)
    }

    /// Ends all processes and tasks of the simulation.
    func end() {
        witness.close()
        let (processes, workers, sleepers) = state.withLock { ($0.processes, $0.workers, $0.sleepers) }
        for process in processes { process.disconnect() }
        for worker in workers { worker.abandon() }
        for sleeper in sleepers { sleeper.cancel() }
        scheduler.resumeAll()
        state.withLock { $0 = State() }
    }
}
