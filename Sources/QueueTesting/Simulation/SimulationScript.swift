public import QueueModel
public import QueueStoreKit

/// A history of a few workers on one store, step by step, generated from a seed or written by hand.
///
///     let script = SimulationScript.random(seed: 17)
///     if let failure = script.shrunk() { print(failure) }
///
/// The workers run jobs that behave as the script says. After the last step all faults end, and all jobs must end
/// too. Use a script to test a store, or Millrace itself; to test your own executors use ``Simulation``.
public struct SimulationScript: Sendable, Hashable {
    /// The seed that determines the order of concurrent events.
    public var seed: UInt64
    /// The settings of the workers.
    public var setup: Setup
    /// The steps, performed one after the other.
    public var steps: [Step]

    /// The settings of a script's workers.
    public struct Setup: Sendable, Hashable {
        /// The number of workers, at least 1.
        public var workers: Int
        /// The number of jobs that each worker runs concurrently.
        public var concurrency: Int
        /// The number of jobs of the second domain that a worker runs concurrently; `nil` for no limit.
        public var domainLimit: Int?
        /// The number of jobs of a group that all workers together run concurrently; `nil` for no limit.
        public var groupLimit: Int?
        /// The duration of a worker's lease in seconds.
        public var lease: Int
        /// Whether waiting jobs age.
        public var ages: Bool

        /// Creates settings.
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

    /// A step of a script.
    ///
    /// Times are in milliseconds. Workers are counted from 0; a step of a worker that does not run is skipped.
    public enum Step: Sendable, Hashable {
        /// Time passes.
        case pass(Int)
        /// A worker's process submits a job.
        case submit(SimulatedJob, worker: Int)
        /// A worker's process submits several jobs in one transaction.
        case submitBatch([SimulatedJob], worker: Int)
        /// A worker's process cancels the job with an index among all submissions.
        case cancel(Int, worker: Int)
        /// A target is paused for a time.
        case pause(Pause.Target, Int, stopsRunning: Bool, worker: Int)
        /// A worker's concurrency is set.
        case setConcurrency(Int, worker: Int)
        /// The limit of a group is set on all workers.
        case setGroupLimit(Int, group: String)
        /// A worker's process dies within a number of steps, and is restarted after a time.
        case crash(worker: Int, steps: Int, restart: Int)
        /// A worker's queue is shut down, and restarted after a time.
        case stop(worker: Int, grace: Int, restart: Int)
        /// A worker's process does not run for a time.
        case freeze(worker: Int, Int)
        /// The host sleeps for a time.
        case sleepHost(Int)
        /// The wall clock is set forward, or back by a negative time.
        case setWallClock(Int)
        /// A number of calls of a worker's store fail, after a number that succeed.
        case fail(worker: Int, Fault.Role, skip: Int, calls: Int, Fault.Moment)
        /// Calls of a worker's store take up to a time.
        case slowStore(worker: Int, Int)
    }

    /// Creates a script.
    public init(seed: UInt64, setup: Setup = Setup(), steps: [Step]) {
        self.seed = seed
        self.setup = setup
        self.steps = steps
    }

    /// Runs the script on a new store.
    ///
    /// - Parameter store: Creates the store. The default is a ``MemoryJobStore``.
    public func run(
        on store: @escaping @Sendable () async throws -> any JobStore = { MemoryJobStore() }
    ) -> SimulationReport {
        var simulation = Simulation(seed: seed, store: store) { world in
            let player = ScriptPlayer(script: self, world: world)
            try await player.play()
        }
        // Ten times as many as the longest script takes.
        simulation.stepLimit = 50_000
        return simulation.run()
    }
}

extension SimulationScript: CustomStringConvertible {
    /// A Swift expression that creates the script.
    public var description: String {
        let steps = steps.map { "        .\($0.expression)," }
        return
            (["SimulationScript(", "    seed: \(seed), setup: \(setup.expression),", "    steps: ["] + steps + [
                "    ])"
            ])
            .joined(separator: "\n")
    }
}

extension SimulationScript.Setup {
    fileprivate var expression: String {
        func optional(_ label: String, _ value: Int?) -> String { value.map { ", \(label): \($0)" } ?? "" }
        return "SimulationScript.Setup(workers: \(workers), concurrency: \(concurrency)"
            + optional("domainLimit", domainLimit) + optional("groupLimit", groupLimit) + ", lease: \(lease)"
            + (ages ? ", ages: true)" : ")")
    }
}

extension SimulationScript.Step {
    fileprivate var expression: String {
        switch self {
        case .submit(let job, let worker): "submit(\(job), worker: \(worker))"
        case .submitBatch(let jobs, let worker):
            "submitBatch([\(jobs.map(\.description).joined(separator: ", "))], worker: \(worker))"
        case .pause(let target, let time, let stopsRunning, let worker):
            "pause(.\(target), \(time), stopsRunning: \(stopsRunning), worker: \(worker))"
        case .fail(let worker, let role, let skip, let calls, let moment):
            "fail(worker: \(worker), .\(role), skip: \(skip), calls: \(calls), .\(moment))"
        // The default description is valid Swift.
        case .pass, .cancel, .setConcurrency, .setGroupLimit, .crash, .stop, .freeze, .sleepHost, .setWallClock,
            .slowStore:
            "\(self)"
        }
    }
}
