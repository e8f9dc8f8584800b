public import QueueModel
public import QueueStoreKit

/// A history that a seed gives, or somebody writes down: what happens to a few workers on one store, step by step.
///
///     let script = SimulationScript.random(seed: 17)
///     if let failure = script.shrunk() { print(failure) }
///
/// The workers run jobs that do what the script says. After the last step all troubles end, and all jobs have to come to an end. A script is
/// for trying out a store, or Millrace itself; for executors of your own see ``Simulation``.
public struct SimulationScript: Sendable, Hashable {
    /// What the order of all that happens at once follows from.
    public var seed: UInt64
    /// How the workers are set up.
    public var setup: Setup
    /// What happens, one after the other.
    public var steps: [Step]

    /// How the workers of a script are set up.
    public struct Setup: Sendable, Hashable {
        /// How many workers there are, at least 1.
        public var workers: Int
        /// How many jobs each runs at once.
        public var concurrency: Int
        /// How many jobs of the second domain a worker runs at once; `nil`: no limit.
        public var domainLimit: Int?
        /// How many jobs of a group all workers run at once; `nil`: no limit.
        public var groupLimit: Int?
        /// After how many seconds of silence a worker counts as dead.
        public var lease: Int
        /// Whether jobs that wait become more urgent.
        public var ages: Bool

        /// Makes a setup.
        public init(
            workers: Int = 1, concurrency: Int = 2, domainLimit: Int? = nil, groupLimit: Int? = nil, lease: Int = 10,
            ages: Bool = false
        ) {
            self.workers = workers
            self.concurrency = concurrency
            self.domainLimit = domainLimit
            self.groupLimit = groupLimit
            self.lease = lease
            self.ages = ages
        }
    }

    /// Something that happens; times are milliseconds, workers are counted from 0, and one that does not run is passed over.
    public enum Step: Sendable, Hashable {
        /// Time passes.
        case pass(Int)
        /// A worker's program submits a job.
        case submit(SimulatedJob, worker: Int)
        /// A worker's program submits several jobs in one transaction.
        case submitBatch([SimulatedJob], worker: Int)
        /// A worker's program cancels a job: that of a place among all that were submitted.
        case cancel(Int, worker: Int)
        /// A hold is laid on something, for so long.
        case pause(Pause.Target, Int, stopsRunning: Bool, worker: Int)
        /// A worker may run so many jobs at once.
        case setConcurrency(Int, worker: Int)
        /// All workers may run so many jobs of the group at once.
        case setGroupLimit(Int, group: String)
        /// A worker's process dies in the middle of what it does, within so many steps, and is started again after so long.
        case crash(worker: Int, steps: Int, restart: Int)
        /// A worker's queue is shut down, and started again after so long.
        case stop(worker: Int, grace: Int, restart: Int)
        /// A worker's process gets no time for so long.
        case freeze(worker: Int, Int)
        /// The host sleeps.
        case sleepHost(Int)
        /// The wall clock is set forward, or back.
        case setWallClock(Int)
        /// So many calls of a worker's store fail, after so many that don't.
        case fail(worker: Int, Fault.Role, skip: Int, calls: Int, Fault.Moment)
        /// Calls of a worker's store take up to so long.
        case slowStore(worker: Int, Int)
    }

    /// Makes a script.
    public init(seed: UInt64, setup: Setup = Setup(), steps: [Step]) {
        self.seed = seed
        self.setup = setup
        self.steps = steps
    }

    /// Runs the script on a store, a new one.
    ///
    /// - Parameter store: Makes the store; default: a ``MemoryJobStore``.
    public func run(
        on store: @escaping @Sendable () async throws -> any JobStore = { MemoryJobStore() }
    ) -> SimulationReport {
        var simulation = Simulation(seed: seed, store: store) { world in
            let player = ScriptPlayer(script: self, world: world)
            try await player.play()
        }
        // Ten times what the longest takes.
        simulation.stepLimit = 50_000
        return simulation.run()
    }
}

extension SimulationScript: CustomStringConvertible {
    /// The Swift expression that makes it.
    public var description: String {
        let steps = steps.map { "        .\($0.text)," }
        return (["SimulationScript(", "    seed: \(seed), setup: \(setup.text),", "    steps: ["] + steps + ["    ])"])
            .joined(separator: "\n")
    }
}

extension SimulationScript.Setup {
    fileprivate var text: String {
        func optional(_ label: String, _ value: Int?) -> String { value.map { ", \(label): \($0)" } ?? "" }
        return "SimulationScript.Setup(workers: \(workers), concurrency: \(concurrency)"
            + optional("domainLimit", domainLimit) + optional("groupLimit", groupLimit) + ", lease: \(lease)"
            + (ages ? ", ages: true)" : ")")
    }
}

extension SimulationScript.Step {
    fileprivate var text: String {
        switch self {
        case .submit(let job, let worker): "submit(\(job), worker: \(worker))"
        case .submitBatch(let jobs, let worker):
            "submitBatch([\(jobs.map(\.description).joined(separator: ", "))], worker: \(worker))"
        case .pause(let target, let time, let stopsRunning, let worker):
            "pause(.\(target), \(time), stopsRunning: \(stopsRunning), worker: \(worker))"
        case .fail(let worker, let role, let skip, let calls, let moment):
            "fail(worker: \(worker), .\(role), skip: \(skip), calls: \(calls), .\(moment))"
        // As Swift writes them.
        case .pass, .cancel, .setConcurrency, .setGroupLimit, .crash, .stop, .freeze, .sleepHost, .setWallClock,
            .slowStore:
            "\(self)"
        }
    }
}
