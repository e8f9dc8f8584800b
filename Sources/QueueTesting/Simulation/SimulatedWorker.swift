public import QueueDispatch
import QueueModel
import QueueStoreKit
import Synchronization

/// A queue that runs in a process of a simulation.
public final class SimulatedWorker: Sendable {
    /// The queue.
    ///
    /// Its store is the process's own handle, which fails when a fault is due, and for good once the process is dead.
    public let queue: JobQueue
    private let handle: SimulatedStore
    private let process: SimulatedProcess
    /// Lets go of its workers when it is over.
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
    public var isRunning: Bool { !process.isCutOff && !tasks.withLock(\.hasEnded) }

    func start() {
        let witness = world.witness
        // Before the queue runs, so that no event is missed.
        // Not how far jobs are: that would be told ten times in each second that a job takes.
        let events = queue.events(EventKinds.all.subtracting(.progressed), bufferSize: 256)
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

    /// Runs something in the worker's process, on its queue, as its program would: it ends where it stands when the process dies.
    ///
    /// - Returns: What it returns; `nil` if it throws, or if the process dies first and the simulation ends. Nothing tells
    ///   the caller of the death, so don't wait for it in the scenario's own task.
    @discardableResult
    public func task<Answer: Sendable>(
        _ body: @escaping @Sendable (JobQueue) async throws -> Answer
    ) -> Task<Answer?, Never> {
        Task(executorPreference: process) { [queue] in try? await body(queue) }
    }

    // MARK: Troubles

    /// Ends the process where it stands, at whatever `await` its tasks are, as `kill -9` does.
    ///
    /// What it had of the store is cut off. A ``MemoryJobStore`` knows that the process is gone, so its jobs can be recovered at once; other
    /// stores find out when the lease has run out.
    public func crash() {
        let isNew = tasks.withLock { tasks in
            defer { tasks.hasCrashed = true }
            return !tasks.hasCrashed
        }
        guard isNew else { return }
        process.scheduler.kill(process.number)
        process.cutOff()
        world.bury(process.lease)
        world.witness.log(process.name) { "crashed" }
    }

    /// Ends the process within the given number of its next steps, in the middle of what it does, or when the time is up.
    ///
    /// A step is the way of one task from one suspension to the next. Returns when the process is dead.
    public func crash(afterSteps steps: Int, within limit: Duration) async throws {
        process.scheduler.kill(process.number, after: max(steps, 1))
        try await process.time.clock.sleep(for: limit)
        crash()
    }

    /// Gives the process no time for a while, as SIGSTOP and SIGCONT do, or a machine that swaps.
    ///
    /// Time goes on for the others; a lease may be lost meanwhile. Returns when it is over.
    public func freeze(for duration: Duration) async throws {
        world.witness.log(process.name) { "frozen for \(duration)" }
        process.scheduler.setFrozen(true, process.number)
        defer { process.scheduler.setFrozen(false, process.number) }
        try await process.time.clock.sleep(for: duration)
    }

    /// Has a call of the process's store fail; see ``FaultyStore/add(_:)``.
    public func add(_ fault: Fault) {
        handle.faults.add(fault)
    }

    /// Takes all faults away.
    public func removeFaults() {
        handle.faults.removeFaults()
    }

    /// The longest time that a call of the process's store takes, by the clock; the time of each is random; default zero.
    public var storeLatency: Duration {
        get { process.latency }
        set { process.latency = newValue }
    }

    /// Shuts the queue down, and returns when it has stopped.
    ///
    /// - Parameter limit: How long running jobs may go on.
    public func stop(within limit: Duration = .zero) async {
        guard isRunning else { return }
        // A queue that has not begun yet has nothing to shut down.
        if queue.isRunning { queue.shutdown(within: limit) } else { tasks.withLock(\.run)?.cancel() }
        await tasks.withLock(\.run)?.value
        // What was told last is still on its way to the witness.
        await queue.close()
        await tasks.withLock(\.events)?.value
    }

    /// Cancels all that is left of the process's tasks.
    func abandon() {
        let (run, events) = tasks.withLock { ($0.run, $0.events) }
        run?.cancel()
        events?.cancel()
    }
}
