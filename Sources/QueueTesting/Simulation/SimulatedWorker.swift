public import QueueDispatch
import QueueModel
import QueueStoreKit
import Synchronization

/// A queue that runs in a process of a simulation.
public final class SimulatedWorker: Sendable {
    /// The queue.
    ///
    /// Its store is the process's own handle, which fails when a fault is due, and permanently once the process is
    /// dead.
    public let queue: JobQueue
    private let handle: SimulatedStore
    private let process: SimulatedProcess
    /// Releases its workers when the simulation is over.
    private let world: SimulatedWorld
    private let tasks = Mutex(Tasks())

    private struct Tasks {
        var run: Task<Void, Never>?
        var events: Task<Void, Never>?
        var hasEnded = false
        var hasCrashed = false
    }

    init(_ queue: JobQueue, _ handle: SimulatedStore, _ process: SimulatedProcess, world: SimulatedWorld) {
        self.queue = queue
        self.handle = handle
        self.process = process
        self.world = world
    }

    /// The process's name in the log.
    public var name: String { process.name }

    /// Whether the process lives and its queue runs.
    public var isRunning: Bool { !process.isDisconnected && !tasks.withLock(\.hasEnded) }

    func start() {
        let witness = world.witness
        // Subscribe before the queue runs, so that no event is missed. Progress is left out: it would be reported ten
        // times in each second that a job runs.
        let events = queue.events(JobEvent.Kinds.all.subtracting(.progressed), bufferSize: 256)
        let watch = Task(executorPreference: process) { [process] in
            for await event in events { witness.take(event, of: process) }
        }
        let run = Task(executorPreference: process) { [weak self, queue, process] in
            do {
                try await queue.run()
                witness.log(process.name) { "stopped" }
            } catch {
                let text = "\(error)"
                witness.log(process.name) { "stopped: \(text)" }
            }
            self?.tasks.withLock { $0.hasEnded = true }
        }
        tasks.withLock { tasks in
            tasks.events = watch
            tasks.run = run
        }
    }

    /// Runs a function in the worker's process, on its queue; it stops where it is when the process dies.
    ///
    /// - Returns: The function's result; `nil` if it throws, or when the simulation ends after the process has died.
    ///   The task does not return when the process dies, so don't wait for it in the scenario's own task.
    @discardableResult
    public func task<Answer: Sendable>(
        _ body: @escaping @Sendable (JobQueue) async throws -> Answer
    ) -> Task<Answer?, Never> {
        Task(executorPreference: process) { [queue] in try? await body(queue) }
    }

    // MARK: Faults

    /// Kills the process at the current suspensions of its tasks, as `kill -9` does.
    ///
    /// The process is disconnected from the store. A ``MemoryJobStore`` is informed of the death, so the jobs can be
    /// recovered immediately; other stores detect it when the lease has expired.
    public func crash() {
        let isNew = tasks.withLock { tasks in
            defer { tasks.hasCrashed = true }
            return !tasks.hasCrashed
        }
        guard isNew else { return }
        process.scheduler.kill(process.number)
        process.disconnect()
        world.markDead(process.lease)
        world.witness.log(process.name) { "crashed" }
    }

    /// Kills the process after a number of its next steps, or when a time limit is reached.
    ///
    /// A step runs one task from one suspension to the next. Returns when the process is dead.
    public func crash(afterSteps steps: Int, within limit: Duration) async throws {
        process.scheduler.kill(process.number, after: max(steps, 1))
        try await process.time.clock.sleep(for: limit)
        crash()
    }

    /// Suspends the process for a duration, as SIGSTOP and SIGCONT do, or a host that swaps.
    ///
    /// Other processes continue, so the process may lose its lease. Returns when the process has been resumed.
    public func freeze(for duration: Duration) async throws {
        world.witness.log(process.name) { "frozen for \(duration)" }
        process.scheduler.setFrozen(true, process.number)
        defer { process.scheduler.setFrozen(false, process.number) }
        try await process.time.clock.sleep(for: duration)
    }

    /// Adds a fault to the process's store; see ``FaultyStore/add(_:)``.
    public func add(_ fault: Fault) {
        handle.faults.add(fault)
    }

    /// Removes all faults.
    public func removeFaults() {
        handle.faults.removeFaults()
    }

    /// The longest simulated time that a call of the process's store takes.
    ///
    /// The time of each call is random. The
    /// default is zero.
    public var storeLatency: Duration {
        get { process.latency }
        set { process.latency = newValue }
    }

    /// Shuts the queue down and returns when it has stopped.
    ///
    /// - Parameter limit: The time for which running jobs may continue.
    public func stop(within limit: Duration = .zero) async {
        guard isRunning else { return }
        // A queue that has not started yet has nothing to shut down.
        if queue.isRunning { queue.shutdown(within: limit) } else { tasks.withLock(\.run)?.cancel() }
        await tasks.withLock(\.run)?.value
        // The last events are still on their way to the witness.
        await queue.close()
        await tasks.withLock(\.events)?.value
    }

    /// Cancels the remaining tasks of the process.
    func abandon() {
        let (run, events) = tasks.withLock { ($0.run, $0.events) }
        run?.cancel()
        events?.cancel()
    }
}
