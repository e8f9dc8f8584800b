import Synchronization

/// The tasks that run a worker's jobs, each one job after another.
///
/// A task of its own for each job would cost more than many a job, above all in wake-ups: each is put into the pool's queue, wakes a
/// thread, and with short jobs that thread has slept again before the next one comes. Here a batch wakes one member; whoever takes a
/// job while more wait wakes the next, one at a time. So short jobs are run by the few that are awake, and long ones by as many members
/// as there are jobs.
final class Crew: Sendable {
    private struct State {
        var waiting: [Execution] = []
        var first = 0
        var idle: [UnsafeContinuation<Bool, Never>] = []
        /// Whether a member was woken and has not looked yet.
        var isWaking = false
        /// Members that were asked for and have not looked yet.
        var starting = 0
        var isClosed = false

        mutating func take() -> Execution? {
            guard first < waiting.count else { return nil }
            defer {
                first += 1
                if first == waiting.count {
                    waiting.removeAll(keepingCapacity: true)
                    first = 0
                }
            }
            return waiting[first]
        }

        /// The member to wake, if jobs wait that nobody is on the way for.
        mutating func wake() -> UnsafeContinuation<Bool, Never>? {
            guard !isWaking, waiting.count - first > starting, let member = idle.popLast() else { return nil }
            isWaking = true
            return member
        }
    }

    private let state = Mutex(State())

    /// Takes jobs in, and returns how many members have to join so that there is one for each.
    func add(_ executions: [Execution]) -> Int {
        let (missing, member) = state.withLock { state in
            state.waiting += executions
            let free = state.idle.count + (state.isWaking ? 1 : 0) + state.starting
            let missing = max(0, state.waiting.count - state.first - free)
            state.starting += missing
            return (missing, state.wake())
        }
        member?.resume(returning: true)
        return missing
    }

    /// Joins, and calls `body` with one job after another until the crew is dismissed, or the task is cancelled: what
    /// cancelled one job must not reach the next.
    func serve(_ body: (Execution) async -> Void) async {
        state.withLock { $0.starting -= 1 }
        while let execution = await next() {
            await body(execution)
            if Task.isCancelled { return }
        }
    }

    /// Lets the members go that have nothing to do, now and from now on.
    func dismiss() {
        let idle = state.withLock { state in
            state.isClosed = true
            defer { state.idle = [] }
            return state.idle
        }
        for member in idle { member.resume(returning: false) }
    }

    private func next() async -> Execution? {
        while true {
            let (execution, member, isClosed) = state.withLock { state in
                let execution = state.take()
                return (execution, state.wake(), state.isClosed)
            }
            member?.resume(returning: true)
            if let execution { return execution }
            if isClosed { return nil }
            await rest()
        }
    }

    /// Waits to be woken.
    private func rest() async {
        let isWoken = await withUnsafeContinuation { (member: UnsafeContinuation<Bool, Never>) in
            // Resumed exactly once: here, or by whoever takes it out of the state under the lock.
            let rests = state.withLock { state in
                guard state.first == state.waiting.count, !state.isClosed else { return false }
                state.idle.append(member)
                return true
            }
            if !rests { member.resume(returning: false) }
        }
        if isWoken { state.withLock { $0.isWaking = false } }
    }
}
