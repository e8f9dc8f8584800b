import Synchronization

/// The tasks that run a worker's jobs, each one job after another, and its turns in between.
///
/// A task of its own for each job would cost more than many a job, above all in wake-ups: each is put into the pool's queue, wakes a
/// thread, and with short jobs that thread has slept again before the next one comes. Here a batch wakes one member; whoever takes a
/// job while more wait wakes the next, one at a time. So short jobs are run by the few that are awake, and long ones by as many members
/// as there are jobs.
///
/// A member that finds no job waiting, but ends of jobs that nobody has taken up, runs the next turn itself: waking the loop for it would
/// cost more than the turn. Ends are never left to members that are busy: whoever takes the last job while some wait, and knows nobody
/// to be on the way, wakes somebody.
final class Crew: Sendable {
    /// What a member does next.
    private enum Step {
        case job(Execution)
        case turn
        case rest
        case leave
    }

    private struct State {
        var waiting: [Execution] = []
        var first = 0
        var idle: [UnsafeContinuation<Bool, Never>] = []
        /// Whether a member was woken and has not looked yet.
        var isWaking = false
        /// Members that were asked for and have not looked yet.
        var starting = 0
        /// Those of them that nobody has made yet.
        var vacancies = 0
        /// Whether jobs have ended since a turn began last.
        var hasEnds = false
        var isClosed = false

        var waitingCount: Int { waiting.count - first }

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
        mutating func wake(besides coming: Int = 0) -> UnsafeContinuation<Bool, Never>? {
            guard !isWaking, waitingCount > starting + coming, let member = idle.popLast() else { return nil }
            isWaking = true
            return member
        }

        /// Sees to it that somebody takes up the ends; the member to wake for it, or whether the loop has to.
        mutating func wakeForEnds() -> (member: UnsafeContinuation<Bool, Never>?, loop: Bool) {
            guard hasEnds, !isWaking, starting == 0 else { return (nil, false) }
            guard let member = idle.popLast() else {
                hasEnds = false
                return (nil, true)
            }
            isWaking = true
            return (member, false)
        }
    }

    private let state = Mutex(State())
    private let doorbell: Doorbell

    /// - Parameter doorbell: Wakes the loop.
    init(doorbell: Doorbell) {
        self.doorbell = doorbell
    }

    // MARK: Work

    /// Takes jobs in.
    ///
    /// - Parameter byMember: Whether a member does so, which will look for a job itself next.
    /// - Returns: Whether members are missing for them: the loop is to make some.
    func add(_ executions: [Execution], byMember: Bool = false) -> Bool {
        let (isShort, member) = state.withLock { state in
            state.waiting += executions
            let free = state.idle.count + (state.isWaking ? 1 : 0) + state.starting + (byMember ? 1 : 0)
            let missing = max(0, state.waitingCount - free)
            state.starting += missing
            state.vacancies += missing
            return (state.vacancies > 0, state.wake(besides: byMember ? 1 : 0))
        }
        member?.resume(returning: true)
        return isShort
    }

    /// How many members have to join so that there is one for each job.
    func takeVacancies() -> Int {
        state.withLock { state in
            defer { state.vacancies = 0 }
            return state.vacancies
        }
    }

    /// Notes that a job has ended; the member that ran it looks for more to do next.
    func noteEnds() {
        state.withLock { $0.hasEnds = true }
    }

    /// Whether jobs have ended since a turn began last; whoever asks takes them up.
    func takeEnds() -> Bool {
        state.withLock { state in
            defer { state.hasEnds = false }
            return state.hasEnds
        }
    }

    // MARK: Members

    /// Joins, and calls `body` with one job after another, and `turn` when it is time for one, until the crew is dismissed, or the task is
    /// cancelled: what cancelled one job must not reach the next.
    func serve(_ body: (Execution) async -> Void, turn: () async -> Void) async {
        state.withLock { $0.starting -= 1 }
        while true {
            switch next() {
            case .job(let execution):
                await body(execution)
                if Task.isCancelled { return leave() }
            case .turn: await turn()
            case .rest: await rest()
            case .leave: return
            }
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

    private func next() -> Step {
        let (step, member, wakesLoop) = state.withLock { state -> (Step, UnsafeContinuation<Bool, Never>?, Bool) in
            if let execution = state.take() {
                if let member = state.wake() { return (.job(execution), member, false) }
                let (member, loop) = state.wakeForEnds()
                return (.job(execution), member, loop)
            }
            if state.isClosed { return (.leave, nil, false) }
            guard state.hasEnds else { return (.rest, nil, false) }
            state.hasEnds = false
            return (.turn, nil, false)
        }
        member?.resume(returning: true)
        if wakesLoop { doorbell.ring() }
        return step
    }

    /// Leaves the ends, its own among them, to somebody else.
    private func leave() {
        let (member, loop) = state.withLock { $0.wakeForEnds() }
        member?.resume(returning: true)
        if loop { doorbell.ring() }
    }

    /// Waits to be woken.
    private func rest() async {
        let isWoken = await withUnsafeContinuation { (member: UnsafeContinuation<Bool, Never>) in
            // Resumed exactly once: here, or by whoever takes it out of the state under the lock.
            let rests = state.withLock { state in
                guard state.waitingCount == 0, !state.hasEnds, !state.isClosed else { return false }
                state.idle.append(member)
                return true
            }
            if !rests { member.resume(returning: false) }
        }
        if isWoken { state.withLock { $0.isWaking = false } }
    }
}
