import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import Synchronization

/// Performs the steps of a script and executes the jobs that they submit.
final class ScriptPlayer: Sendable {
    let world: SimulatedWorld
    private let script: SimulationScript
    private let state: Mutex<State>

    private struct Slot {
        var worker: SimulatedWorker?
        /// Whether an operation that takes the worker away is in progress.
        var isBusy = false
        var restarts = 0
    }

    private struct State {
        var slots: [Slot]
        /// The submitted jobs, by the number in their payload.
        var jobs: [SimulatedJob] = []
        /// The ids of acknowledged submissions, by the same number.
        var ids: [Int: JobID] = [:]
        var groupLimits: [String: Int] = [:]
        var pending: [Task<Void, any Error>] = []
    }

    init(script: SimulationScript, world: SimulatedWorld) {
        self.script = script
        self.world = world
        state = Mutex(State(slots: Array(repeating: Slot(), count: max(1, script.setup.workers))))
    }

    /// Performs all steps, removes all faults, and waits for all jobs to end.
    func play() async throws {
        // The workers' executors refer to the player: break the cycle.
        defer { state.withLock { for slot in $0.slots.indices { $0.slots[slot].worker = nil } } }
        for slot in 0..<slots { try start(slot) }
        for step in script.steps {
            try await take(step)
            // Give other tasks a chance to run in between.
            await Task.yield()
        }
        for task in state.withLock(\.pending) { try await task.value }
        for slot in 0..<slots {
            let worker = try ready(slot)
            worker?.removeFaults()
            worker?.storeLatency = .zero
        }
        // A queue whose store fails when it starts gives up, and has to be started again.
        let watch = world.task { [self] in
            while true {
                // Without this check a task that has just been woken would restart a worker that is shut down at the
                // end.
                try Task.checkCancellation()
                for slot in 0..<slots { _ = try ready(slot) }
                try await world.sleep(for: .seconds(5))
            }
        }
        defer { watch.cancel() }
        try await world.settle(within: .seconds(900))
    }

    private var slots: Int { state.withLock(\.slots.count) }

    // MARK: Workers

    private func start(_ slot: Int) throws {
        let setup = script.setup
        var configuration = QueueConfiguration(coder: PlainCoder(), concurrency: setup.concurrency)
        configuration.lease = .seconds(setup.lease)
        configuration.pollInterval = .seconds(20)
        configuration.retention = nil
        configuration.expiryInterval = .seconds(30)
        configuration.shutdownTimeLimit = .seconds(5)
        configuration.cancelHookTimeLimit = .seconds(1)
        configuration.otherGroups = GroupRule(limit: setup.groupLimit)
        if setup.ages { configuration.aging = AgingPolicy(grace: .seconds(2), interval: .seconds(1)) }
        let (number, limits) = state.withLock { state in
            state.slots[slot].restarts += 1
            return (state.slots[slot].restarts, state.groupLimits)
        }
        for (group, limit) in limits { configuration.groups[group] = GroupRule(limit: limit) }
        let worker = try world.startWorker(configuration, name: "w\(slot).\(number)") {
            Domain("one") {
                ScriptExecutor<ScriptJob.A>(player: self)
                ScriptExecutor<ScriptJob.B>(player: self)
            }
            Domain("two") { ScriptExecutor<ScriptJob.C>(player: self) }
                .concurrency(setup.domainLimit ?? Int.max)
        }
        state.withLock { $0.slots[slot].worker = worker }
    }

    /// Returns the worker of a slot, restarted if its queue has stopped by itself; `nil` while it is taken away.
    private func ready(_ number: Int) throws -> SimulatedWorker? {
        let slot = number % slots
        let (worker, isBusy) = state.withLock { ($0.slots[slot].worker, $0.slots[slot].isBusy) }
        if isBusy { return nil }
        if let worker, worker.isRunning { return worker }
        worker?.crash()
        try start(slot)
        return state.withLock { $0.slots[slot].worker }
    }

    /// Starts an operation on a worker beside the script; the script does not use the worker until it returns.
    private func occupy(_ number: Int, _ body: @escaping @Sendable (SimulatedWorker) async throws -> Void) throws {
        let slot = number % slots
        guard let worker = try ready(slot) else { return }
        state.withLock { $0.slots[slot].isBusy = true }
        let task = world.task { [self] in
            try await body(worker)
            state.withLock { $0.slots[slot].isBusy = false }
        }
        state.withLock { $0.pending.append(task) }
    }

    // MARK: Steps

    private func take(_ step: SimulationScript.Step) async throws {
        switch step {
        case .pass(let time):
            try await world.sleep(for: .milliseconds(time))
        case .submit(let job, let worker):
            let number = note([job])
            try ready(worker)?.task { [self] queue in
                let outcome = try await submit(job, number: number, to: queue)
                state.withLock { $0.ids[number] = outcome.id }
            }
        case .submitBatch(let jobs, let worker):
            let first = note(jobs)
            try ready(worker)?.task { [self] queue in
                let batch = try jobs.enumerated().map { try submission($1, number: first + $0, of: queue) }
                let outcomes = try await queue.submit(batch: batch)
                state.withLock { state in
                    for (index, outcome) in outcomes.enumerated() { state.ids[first + index] = outcome.id }
                }
            }
        case .cancel(let index, let worker):
            guard let id = state.withLock({ $0.ids[index] }) else { return }
            try ready(worker)?.task { queue in _ = try await queue.cancel(id) }
        case .pause(let target, let time, let stopsRunning, let worker):
            let until = world.time.wall.now().advanced(by: .milliseconds(time))
            try ready(worker)?.task { queue in
                try await queue.pause(target, until: until, stopsRunning: stopsRunning)
            }
        case .setConcurrency(let limit, let worker):
            try ready(worker)?.queue.limits.setConcurrency(max(1, limit))
        case .setGroupLimit(let limit, let group):
            state.withLock { $0.groupLimits[group] = limit }
            for slot in 0..<slots { try ready(slot)?.queue.limits.setRule(GroupRule(limit: limit), ofGroup: group) }
        case .crash(let worker, let steps, let restart):
            try occupy(worker) { [world] in
                try await $0.crash(afterSteps: steps, within: .milliseconds(50))
                try await world.sleep(for: .milliseconds(restart))
            }
        case .stop(let worker, let grace, let restart):
            try occupy(worker) { [world] in
                await $0.stop(within: .milliseconds(grace))
                try await world.sleep(for: .milliseconds(restart))
            }
        case .freeze(let worker, let time):
            try occupy(worker) { try await $0.freeze(for: .milliseconds(time)) }
        case .sleepHost(let time):
            world.sleepHost(for: .milliseconds(time))
        case .setWallClock(let time):
            world.setWallClock(by: .milliseconds(time))
        case .fail(let worker, let role, let skip, let calls, let moment):
            let error = QueueError(.busy, "injected", isTransient: true)
            try ready(worker)?.add(Fault(.role(role), calls: skip + 1...skip + calls, moment, throwing: error))
        case .slowStore(let worker, let time):
            try ready(worker)?.storeLatency = .milliseconds(time)
        }
    }

    // MARK: Jobs

    /// Adds jobs and returns the number of the first.
    private func note(_ jobs: [SimulatedJob]) -> Int {
        state.withLock { state in
            state.jobs += jobs
            return state.jobs.count - jobs.count
        }
    }

    /// Returns the job with a number.
    func job(_ number: Int) -> SimulatedJob? {
        state.withLock { $0.jobs.indices.contains(number) ? $0.jobs[number] : nil }
    }

    /// Submits a job that is not in the script.
    func submitAnother(to queue: JobQueue) async throws {
        let job = SimulatedJob(attempts: [.succeed(5)])
        _ = try await submit(job, number: note([job]), to: queue)
    }

    private func options(_ job: SimulatedJob) -> SubmitOptions {
        let ids = state.withLock { state in job.after.compactMap { state.ids[$0] } }
        func time(_ milliseconds: Int?) -> Duration? { milliseconds.map { .milliseconds($0) } }
        return SubmitOptions(
            priority: job.priority,
            retry: job.retriesInPlace
                ? .immediate(retries: job.retries) : .constant(.milliseconds(500), retries: job.retries),
            group: job.group, timeout: time(job.timeout), timeToLive: time(job.timeToLive),
            onDuplicate: job.onDuplicate, uniqueness: job.key.map { .key($0) },
            runAfter: job.delay > 0 ? .delay(.milliseconds(job.delay)) : nil,
            dependencies: Set(ids).sorted().map { .job($0) }, dependencyPolicy: job.policy)
    }

    private func submit(_ job: SimulatedJob, number: Int, to queue: JobQueue) async throws -> SubmitOutcome {
        switch job.type % 3 {
        case 0: try await queue.submit(ScriptJob.A(number: number), options(job))
        case 1: try await queue.submit(ScriptJob.B(number: number), options(job))
        default: try await queue.submit(ScriptJob.C(number: number), options(job))
        }
    }

    private func submission(_ job: SimulatedJob, number: Int, of queue: JobQueue) throws -> JobSubmission {
        switch job.type % 3 {
        case 0: try queue.submission(of: ScriptJob.A(number: number), options(job))
        case 1: try queue.submission(of: ScriptJob.B(number: number), options(job))
        default: try queue.submission(of: ScriptJob.C(number: number), options(job))
        }
    }
}
