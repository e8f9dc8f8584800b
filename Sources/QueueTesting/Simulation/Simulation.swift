public import QueueModel
public import QueueStoreKit
import Synchronization

/// A deterministic run of real queues: on a simulated clock, on one thread, with every choice made by a seeded
/// generator.
///
///     let report = Simulation(seed: 7) { world in
///         let worker = try world.startWorker(configuration) { Mailer() }
///         try await worker.queue.submit(Mail(to: "a@example.com"))
///         try await world.sleep(for: .seconds(86_400))
///         worker.crash()
///         try world.startWorker(configuration) { Mailer() }
///         try await world.settle()
///     }.run()
///     print(report.violations, report.log)
///
/// The queues, their workers, completion channels and executors are real; only the clocks, the order in which ready
/// tasks continue, and the faults are simulated. The clock advances only when no task is ready, so a simulated day
/// takes only as long as the work in it. A seed gives the same history and the same log, byte for byte, in every
/// process and on every machine.
///
/// All answers of the store are checked against the invariants: acknowledged jobs are stored, no job ends twice,
/// limits, order and dependencies are respected, and reported ends are durable. See ``SimulationReport/violations``.
///
/// Code between two `await`s runs uninterrupted at one instant. Work started with `async let`, task groups and actors
/// stays within the simulation. These leave it: a `Task` without an `executorPreference` (use
/// ``SimulatedWorld/task(_:)``), the main actor, `Task.sleep` (use ``JobContext/clock``), `Date()` (use
/// ``JobContext/now``), threads and Dispatch. When a task returns from there, the simulation reports a violation,
/// because the history can't be repeated.
public struct Simulation: Sendable {
    /// The seed that determines all choices.
    public let seed: UInt64
    /// The number of steps, from one suspension of a task to its next, after which a history counts as endless.
    ///
    /// The
    /// default is 1 million.
    public var stepLimit = 1_000_000
    private let start: Timestamp
    private let makeStore: @Sendable () async throws -> any JobStore
    private let scenario: @Sendable (SimulatedWorld) async throws -> Void

    /// Creates a simulation.
    ///
    /// - Parameters:
    ///   - seed: The seed that determines all choices.
    ///   - start: The initial time of the wall clock.
    ///   - store: Creates the empty store of each run. The default is a ``MemoryJobStore``. A store may work on its own
    ///     thread; the simulation waits for its calls to return.
    ///   - scenario: The actions of the outside world. It runs within the simulation, as a process that never crashes.
    public init(
        seed: UInt64, start: Timestamp = Timestamp(milliseconds: 1_700_000_000_000),
        store: @escaping @Sendable () async throws -> any JobStore = { MemoryJobStore() },
        _ scenario: @escaping @Sendable (SimulatedWorld) async throws -> Void
    ) {
        self.seed = seed
        self.start = start
        makeStore = store
        self.scenario = scenario
    }

    /// Runs the scenario and returns the result.
    ///
    /// The run ends when the scenario has returned, at the first violation, when no task can continue, or at
    /// ``stepLimit``. Then all workers are stopped. The calling thread is blocked throughout, but never waits for
    /// time to pass. Executors that never return, even when cancelled, leak their memory.
    public func run() -> SimulationReport {
        let time = ManualTime(start)
        let scheduler = SimulationScheduler(seed: seed)
        let world = SimulatedWorld(seed: seed, scheduler: scheduler, time: time)
        let isOver = Mutex(false)
        let makeStore = makeStore
        let scenario = scenario
        let main = Task(executorPreference: world.main) {
            defer { isOver.withLock { $0 = true } }
            do {
                try await world.open(makeStore)
                try await scenario(world)
                try await world.finish()
            } catch {
                // A scenario that was ended after a violation throws too, but by then nothing is recorded.
                world.witness.report("the scenario has thrown \(error)")
            }
        }
        drive(world, until: { isOver.withLock { $0 } })
        if scheduler.outsideWakeups > 0 {
            world.witness.report(
                "something left the simulation and came back from outside (a Task without its executor, Task.sleep, a thread): the history can't be repeated"
            )
        }
        let report = SimulationReport(
            seed: seed, violations: world.witness.violations, lines: world.witness.lines, steps: scheduler.steps,
            duration: time.clock.now.offset)
        cleanUp(world, main)
        return report
    }

    private func drive(_ world: SimulatedWorld, until isOver: () -> Bool) {
        let (scheduler, witness) = (world.scheduler, world.witness)
        while !isOver(), !witness.hasFound {
            switch scheduler.step() {
            case .ran:
                if scheduler.steps > stepLimit { witness.report("the history has not ended after \(stepLimit) steps") }
            case .idle:
                if scheduler.outsideWakeups > 0 { return }
                if world.time.advanceToNextDeadline() == nil {
                    witness.report("no task can continue, and the scenario has not ended")
                }
            case .lost:
                witness.report("a call of the store has not returned within a minute")
            }
        }
    }

    /// Runs all remaining tasks to their ends, so that none stays in memory.
    private func cleanUp(_ world: SimulatedWorld, _ main: Task<Void, Never>) {
        world.end()
        main.cancel()
        for _ in 0..<100_000 {
            switch world.scheduler.step() {
            case .ran: continue
            case .idle:
                if world.time.advanceToNextDeadline() != nil { continue }
                world.scheduler.releaseProcesses()
                return
            case .lost: return
            }
        }
    }
}
