public import QueueDispatch
public import QueueModel
public import QueueStoreKit
import Synchronization

/// What a scenario of a ``Simulation`` acts on: clocks, workers, chance.
public final class SimulatedWorld: Sendable {
    /// The clocks: they move by themselves, whenever nothing is left to do before the next sleeper wakes.
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

    /// Lets time pass for the scenario.
    ///
    /// Throws `CancellationError` when the simulation is over.
    public func sleep(for duration: Duration) async throws {
        try await time.clock.sleep(for: duration)
    }

    /// Lets time pass, also for a task that is told to stop: what an executor that heeds no cancellation does.
    public func sleepThroughCancellation(for duration: Duration) async {
        // The sleeper's own task is not cancelled with the one that waits for it, and ends with the simulation.
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

    /// Lets the host sleep: both clocks go on at once, and nobody gets any time meanwhile.
    public func sleepHost(for duration: Duration) {
        log("the host slept for \(duration)")
        time.sleepHost(for: duration)
    }

    /// Sets the wall clock forward, or back by a negative duration, as somebody does who corrects it.
    public func setWallClock(by duration: Duration) {
        time.wall.set(by: duration)
        log("the wall clock was set by \(duration)")
    }

    /// A random number below a bound, at least 1, from the simulation's generator.
    public func random(below bound: Int) -> Int {
        scheduler.random(below: bound)
    }

    /// Adds a line to the log.
    public func log(_ text: String) {
        witness.log(main.name) { text }
    }

    /// Says that something is wrong: a check of the scenario's own has failed.
    ///
    /// The history ends, and ``SimulationReport/violations`` has the sentence.
    public func fail(_ violation: String) {
        witness.blame(violation)
    }

    /// Runs something beside the scenario, in its process: an unstructured task that does not leave the simulation.
    @discardableResult
    public func task<Answer: Sendable>(
        _ body: @escaping @Sendable () async throws -> Answer
    ) -> Task<Answer, any Error> {
        Task(executorPreference: main) { try await body() }
    }

    // MARK: Workers

    /// Starts a queue on the simulation's store, in a process of its own, and has it run.
    ///
    /// The configuration's clocks, seed, log and task executor are replaced by the simulation's; all else is as given.
    ///
    /// - Parameters:
    ///   - configuration: How the queue runs.
    ///   - name: The process's name in the log; default: `worker` and a number.
    ///   - domains: The executors.
    /// - Throws: What ``JobQueue/init(store:configuration:domains:)`` does.
    @discardableResult
    public func startWorker(
        _ configuration: QueueConfiguration, name: String? = nil, @Domain.Builder domains: () -> [Domain]
    ) throws(QueueError) -> SimulatedWorker {
        let (number, store) = state.withLock { ($0.processes.count, $0.store) }
        guard let store else { throw QueueError(.closed, "the simulation has no store any more") }
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

    /// Waits until no job of the store is active any more.
    ///
    /// - Parameter limit: The time on the clock after which the jobs that are left count as starved, a violation of I9; default a day.
    /// - Throws: `CancellationError` when the simulation is over; what the store throws.
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
                witness.blame("I9: nothing has come of some jobs within \(limit): \(names)")
                throw CancellationError()
            }
            try await sleep(for: pause)
            pause = min(pause * 2, .seconds(60))
        }
    }

    /// Looks at the store, beside all handles of workers.
    ///
    /// For queries alone: what is changed here, the simulation takes for a mistake of the store.
    public func look<Answer: Sendable>(
        _ body: (any JobStore) async throws(QueueError) -> Answer
    ) async throws(QueueError) -> Answer {
        guard let store = state.withLock(\.store) else {
            throw QueueError(.closed, "the simulation has no store any more")
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

    /// Stops the workers that run, and looks at everything once more.
    func finish() async throws {
        for worker in state.withLock(\.workers) { await worker.stop() }
        guard let store = state.withLock(\.store) else { return }
        let audited = AuditedStore(store, process: main, witness: witness)
        try await main.pass(.check) { () async throws(QueueError) in try await audited.verify() }
    }

    /// Marks a worker as dead in a store that can tell a dead process from a silent one.
    func bury(_ lease: WorkerID?) {
        guard let lease, let memory = state.withLock(\.store) as? MemoryJobStore else { return }
        memory.crash(lease)
    }

    /// Ends everything.
    func end() {
        witness.close()
        let (processes, workers, sleepers) = state.withLock { ($0.processes, $0.workers, $0.sleepers) }
        for process in processes { process.cutOff() }
        for worker in workers { worker.abandon() }
        for sleeper in sleepers { sleeper.cancel() }
        scheduler.wakeTheDead()
        state.withLock { $0 = State() }
    }
}
