public import QueueModel
public import QueueStoreKit
import Synchronization

/// A run of real queues in made-up circumstances: on a clock that moves only when nothing else can happen, on one thread, with every
/// choice made by a generator with a seed.
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
/// The queues, their run loops and completion channels are the real ones, and so are the executors; only the clocks, the order in which
/// ready tasks go on, and the faults are made. A day takes as long as what happens in it. One seed gives one history: the same log, byte for
/// byte, in every process and on every machine.
///
/// Throughout, what the store says is held against the invariants: what was acknowledged is there, nothing ends twice, limits, order
/// and dependencies hold, whoever was told of an end can rely on it. See ``SimulationReport/violations``.
///
/// What code does on its way from one `await` to the next happens at one instant, uninterrupted. Everything that a task starts by
/// `async let`, task groups and actors stays within. What leaves the simulation is a `Task` without an `executorPreference` (use
/// ``SimulatedWorld/task(_:)``), the main actor, `Task.sleep` (use ``JobContext/clock``), `Date()` (use ``JobContext/now``), threads and Dispatch: what
/// comes back from there is found and reported as a violation, because the history could not be repeated.
public struct Simulation: Sendable {
    /// What all choices follow from.
    public let seed: UInt64
    /// How many steps, from one suspension of a task to its next, a history may have before it counts as one that does not end; default 1 million.
    public var stepLimit = 1_000_000
    private let start: Timestamp
    private let makeStore: @Sendable () async throws -> any JobStore
    private let scenario: @Sendable (SimulatedWorld) async throws -> Void

    /// Makes a simulation; ``run()`` runs it.
    ///
    /// - Parameters:
    ///   - seed: What all choices follow from.
    ///   - start: What the wall clock shows at first.
    ///   - store: Makes the store of each run, an empty one; default: a ``MemoryJobStore``. One that does its work on a thread of its
    ///     own is waited for, as long as its calls return.
    ///   - scenario: What happens from outside. It runs within the simulation, as a process of its own that never crashes.
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

    /// Runs the scenario from beginning to end, and says what was seen.
    ///
    /// It ends when the scenario has returned, at the first violation, when nothing is left that could happen, and at ``stepLimit``. Then
    /// all workers are stopped. The calling thread is held all the time, for as long as the code takes that runs; no time is waited for.
    /// Executors that wait for something that never comes, cancelled or not, leak their memory.
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
                // One that was ended after a violation throws as well, when nobody listens any more.
                world.witness.blame("the scenario has thrown \(error)")
            }
        }
        drive(world, until: { isOver.withLock { $0 } })
        if scheduler.intrusions > 0 {
            world.witness.blame(
                "something left the simulation and came back from outside (a Task without its executor, Task.sleep, a thread): the history can't be repeated"
            )
        }
        let report = SimulationReport(
            seed: seed, violations: world.witness.violations, lines: world.witness.lines, steps: scheduler.steps,
            duration: time.clock.now.offset)
        bury(world, main)
        return report
    }

    private func drive(_ world: SimulatedWorld, until isOver: () -> Bool) {
        let (scheduler, witness) = (world.scheduler, world.witness)
        while !isOver(), !witness.hasFound {
            switch scheduler.step() {
            case .ran:
                if scheduler.steps > stepLimit { witness.blame("the history has not ended after \(stepLimit) steps") }
            case .idle:
                if scheduler.intrusions > 0 { return }
                if world.time.advanceToNextDeadline() == nil {
                    witness.blame("nothing is left that could happen, and the scenario has not ended")
                }
            case .lost:
                witness.blame("a call of the store has not returned within a minute")
            }
        }
    }

    /// Brings all tasks that are left to an end, so that nothing of them stays in memory.
    private func bury(_ world: SimulatedWorld, _ main: Task<Void, Never>) {
        world.end()
        main.cancel()
        for _ in 0..<100_000 {
            switch world.scheduler.step() {
            case .ran: continue
            case .idle:
                if world.time.advanceToNextDeadline() != nil { continue }
                world.scheduler.forgetProcesses()
                return
            case .lost: return
            }
        }
    }
}
