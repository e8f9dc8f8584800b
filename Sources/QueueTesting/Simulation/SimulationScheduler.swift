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

/// Chooses, by a seeded generator, which of the ready tasks of a simulation goes on next, and runs it up to its next suspension.
///
/// All of it happens on one thread: that of whoever calls ``step()``. Time passes only when nothing is ready, so code takes none.
final class SimulationScheduler: Sendable {
    /// What a step came to.
    enum Step {
        /// A task went on.
        case ran
        /// Nothing is ready; time may pass.
        case idle
        /// A call of the store, which ran on another thread, has not come back.
        case lost
    }

    /// The tasks of one process.
    private struct Process {
        var ready: [UnownedJob] = []
        /// Those that are about to begin a call of the store.
        var inStore: [UnownedJob] = []
        /// It gets no time, as after SIGSTOP.
        var isFrozen = false
        /// It gets no time any more.
        var isDead = false
        /// After so many more steps it is dead.
        var stepsLeft: Int?

        /// Its tasks that may go on.
        ///
        /// A dead process's calls still find out that its store is cut off: they may be those of somebody else.
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
        /// The process whose call of the store is under way; nothing else runs until it is over.
        var caller: Int?
        /// The task that makes the call, when it is ready again.
        var returning: [UnownedJob] = []
        var steps = 0
        /// Tasks that were made ready by another thread.
        var intrusions = 0
    }

    private let state: Mutex<State>
    private let thread = SimulationScheduler.thisThread
    private let arrivals = DispatchSemaphore(value: 0)
    /// How long another thread may take for a call of the store: for ever, in the time of a simulation.
    private static let patience = DispatchTimeInterval.seconds(60)

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

    /// Takes a process in; gives its number.
    func add(own: any TaskExecutor, store: any TaskExecutor) {
        state.withLock { state in
            state.processes.append(Process())
            state.executors.append((own, store))
        }
    }

    // MARK: Tasks

    /// Takes a task that is ready.
    func enqueue(_ job: UnownedJob, of process: Int, inStore: Bool) {
        let isForeign = Self.thisThread != thread
        let isAwaited = state.withLock { state in
            // Nothing else has run since the call began that could be on its way into another.
            let isReturn = inStore && state.caller == process
            if isReturn {
                state.returning.append(job)
            } else if inStore {
                state.processes[process].inStore.append(job)
            } else {
                state.processes[process].ready.append(job)
            }
            guard isForeign else { return false }
            // A store may do a call on a thread of its own: it is waited for, and so comes at no other time than its own.
            if state.caller == nil { state.intrusions += 1 }
            return isReturn
        }
        if isAwaited { arrivals.signal() }
    }

    /// Lets one task go on.
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
                if arrivals.wait(timeout: .now() + Self.patience) == .timedOut { return .lost }
            }
        }
    }

    /// How many steps there were.
    var steps: Int { state.withLock(\.steps) }

    /// How often something from outside has made a task of the simulation ready.
    var intrusions: Int { state.withLock(\.intrusions) }

    /// A random number below a bound.
    func random(below bound: Int) -> Int {
        bound <= 1 ? 0 : state.withLock { Int.random(in: 0..<bound, using: &$0.generator) }
    }

    // MARK: Calls of the store

    /// Says that a call of the store begins, on its lane.
    func enterStore(_ process: Int) {
        state.withLock { $0.caller = process }
    }

    /// Says that it is over.
    func leaveStore() {
        state.withLock { $0.caller = nil }
    }

    // MARK: Life and death

    /// Lets go of all processes, which else would keep it, as it them.
    ///
    /// - Precondition: There are no more steps.
    func forgetProcesses() {
        state.withLock { $0.executors = [] }
    }

    /// Whether a process gets no time any more.
    func isDead(_ process: Int) -> Bool { state.withLock { $0.processes[process].isDead } }

    /// Ends a process where it stands, at once or after so many more of its steps.
    func kill(_ process: Int, after steps: Int = 0) {
        state.withLock { state in
            if steps > 0 {
                state.processes[process].stepsLeft = steps
            } else {
                state.processes[process].isDead = true
            }
        }
    }

    /// Withholds time from a process, or gives it again.
    func setFrozen(_ isFrozen: Bool, _ process: Int) {
        state.withLock { $0.processes[process].isFrozen = isFrozen }
    }

    /// Lets all that is left of all processes go on, to its end.
    func wakeTheDead() {
        state.withLock { state in
            for index in state.processes.indices {
                state.processes[index].isDead = false
                state.processes[index].isFrozen = false
                state.processes[index].stepsLeft = nil
            }
        }
    }
}
