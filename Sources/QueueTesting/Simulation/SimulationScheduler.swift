import Dispatch
import QueueBackoff
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Chooses with a seeded generator which ready task of a simulation continues, and runs it to its next suspension.
///
/// Everything runs on the thread that calls ``step()``. Time passes only when no task is ready, so code takes no time.
final class SimulationScheduler: Sendable {
    /// The result of a step.
    enum Step {
        /// A task was resumed.
        case ran
        /// No task is ready; time may pass.
        case idle
        /// A call of the store on another thread has not returned.
        case lost
    }

    /// The tasks of one process.
    private struct Process {
        var ready: [UnownedJob] = []
        /// Tasks that are about to call the store.
        var inStore: [UnownedJob] = []
        /// Whether the process does not run for a while, as after SIGSTOP.
        var isFrozen = false
        /// Whether the process never runs again.
        var isDead = false
        /// The number of steps after which the process dies.
        var stepsLeft: Int?

        /// The number of its tasks that may continue.
        ///
        /// Calls of a dead process still run, to find the store disconnected: tasks of other processes may wait for
        /// them.
        var choices: Int { isFrozen ? 0 : (isDead ? 0 : ready.count) + inStore.count }

        mutating func take(_ index: Int) -> (job: UnownedJob, isInStore: Bool) {
            let own = isDead ? 0 : ready.count
            return index < own ? (ready.remove(at: index), false) : (inStore.remove(at: index - own), true)
        }
    }

    private struct State {
        var generator: FastRandom
        var processes: [Process] = []
        var executors: [(own: any TaskExecutor, store: any TaskExecutor)] = []
        /// The process whose call of the store is in progress; nothing else runs until the call returns.
        var caller: Int?
        /// The task that makes the call, once it is ready again.
        var returning: [UnownedJob] = []
        var steps = 0
        /// The number of tasks that another thread made ready.
        var outsideWakeups = 0
    }

    private let state: Mutex<State>
    private let thread = SimulationScheduler.thisThread
    private let arrivals = DispatchSemaphore(value: 0)
    /// The longest real time that a call of the store may take on another thread.
    private static let callTimeLimit = DispatchTimeInterval.seconds(60)

    init(seed: UInt64) {
        state = Mutex(State(generator: FastRandom(seed: seed)))
    }

    private static var thisThread: UInt {
        #if canImport(Darwin)
            UInt(bitPattern: pthread_self())
        #else
            UInt(pthread_self())
        #endif
    }

    /// Adds a process; its number is the count of those before it.
    func add(own: any TaskExecutor, store: any TaskExecutor) {
        state.withLock { state in
            state.processes.append(Process())
            state.executors.append((own, store))
        }
    }

    // MARK: Tasks

    /// Adds a task that is ready.
    func enqueue(_ job: UnownedJob, of process: Int, inStore: Bool) {
        let isForeign = Self.thisThread != thread
        let isAwaited = state.withLock { state in
            // Nothing else has run since the call began, so no other call can be starting.
            let isReturn = inStore && state.caller == process
            if isReturn {
                state.returning.append(job)
            } else if inStore {
                state.processes[process].inStore.append(job)
            } else {
                state.processes[process].ready.append(job)
            }
            guard isForeign else { return false }
            // A store may perform a call on its own thread. The scheduler waits for it, so it always returns at the
            // same step.
            if state.caller == nil { state.outsideWakeups += 1 }
            return isReturn
        }
        if isAwaited { arrivals.signal() }
    }

    /// Resumes one task.
    func step() -> Step {
        enum Choice { case run(UnownedJob, any TaskExecutor), wait, idle }
        while true {
            let choice = state.withLock { state -> Choice in
                if let caller = state.caller {
                    guard !state.returning.isEmpty else { return .wait }
                    return .run(state.returning.removeFirst(), state.executors[caller].store)
                }
                let count = state.processes.reduce(0) { $0 + $1.choices }
                if count == 0 { return .idle }
                var index = count == 1 ? 0 : Int.random(in: 0..<count, using: &state.generator)
                var process = 0
                while index >= state.processes[process].choices {
                    index -= state.processes[process].choices
                    process += 1
                }
                let (job, isInStore) = state.processes[process].take(index)
                state.steps += 1
                if let left = state.processes[process].stepsLeft {
                    state.processes[process].stepsLeft = left - 1
                    if left <= 1 { state.processes[process].isDead = true }
                }
                let executors = state.executors[process]
                return .run(job, isInStore ? executors.store : executors.own)
            }
            switch choice {
            case .run(let job, let executor):
                job.runSynchronously(on: executor.asUnownedTaskExecutor())
                return .ran
            case .idle:
                return .idle
            case .wait:
                if arrivals.wait(timeout: .now() + Self.callTimeLimit) == .timedOut { return .lost }
            }
        }
    }

    /// The number of steps so far.
    var steps: Int { state.withLock(\.steps) }

    /// The number of times that something outside the simulation made one of its tasks ready.
    var outsideWakeups: Int { state.withLock(\.outsideWakeups) }

    /// Returns a random number below a bound.
    func random(below bound: Int) -> Int {
        bound <= 1 ? 0 : state.withLock { Int.random(in: 0..<bound, using: &$0.generator) }
    }

    // MARK: Calls of the store

    /// Records that a process begins a call of the store, on its lane.
    func enterStore(_ process: Int) {
        state.withLock { $0.caller = process }
    }

    /// Records that the call has returned.
    func leaveStore() {
        state.withLock { $0.caller = nil }
    }

    // MARK: Life and death

    /// Releases all processes, to break the reference cycle with them.
    ///
    /// - Precondition: There are no more steps.
    func releaseProcesses() {
        state.withLock { $0.executors = [] }
    }

    /// Whether a process is dead.
    func isDead(_ process: Int) -> Bool { state.withLock { $0.processes[process].isDead } }

    /// Kills a process at its current suspension, immediately or after a number of further steps.
    func kill(_ process: Int, after steps: Int = 0) {
        state.withLock { state in
            if steps > 0 {
                state.processes[process].stepsLeft = steps
            } else {
                state.processes[process].isDead = true
            }
        }
    }

    /// Suspends or resumes a process.
    func setFrozen(_ isFrozen: Bool, _ process: Int) {
        state.withLock { $0.processes[process].isFrozen = isFrozen }
    }

    /// Lets all remaining tasks of all processes run to their ends.
    func resumeAll() {
        state.withLock { state in
            for index in state.processes.indices {
                state.processes[index].isDead = false
                state.processes[index].isFrozen = false
                state.processes[index].stepsLeft = nil
            }
        }
    }
}
