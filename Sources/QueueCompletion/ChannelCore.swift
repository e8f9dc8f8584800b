/// What the channel's lock protects: the state, and the tasks that are suspended until it changes.
@usableFromInline
struct ChannelCore<Item: Sendable, Outcome: Sendable>: Sendable {
    @usableFromInline
    typealias OutcomeContinuation = CheckedContinuation<Awaited, Never>
    @usableFromInline
    typealias Continuation = CheckedContinuation<Void, Never>

    /// Why a task that waits for its item's outcome goes on.
    @usableFromInline
    enum Awaited: Sendable {
        case settled(Result<Outcome, any Error>)
        /// It is to lead, and then wait again.
        case lead(Int)
    }

    /// A task that wants the outcome of one item.
    @usableFromInline
    enum Waiter: Sendable {
        /// It is at work, and will ask.
        case awake
        case suspended(OutcomeContinuation)
        /// The outcome came while it was awake.
        case settled(Result<Outcome, any Error>)
    }

    @usableFromInline var state: ChannelState<Item>
    /// Who wants an outcome, by the item's number.
    @usableFromInline var waiters: [Int: Waiter] = [:]
    /// The lead that waits for the attempt of the one before to end.
    @usableFromInline var heir: (term: Int, continuation: Continuation)?
    /// The sleep of the lead that waits for time to pass.
    @usableFromInline var pause: (term: Int, task: Task<Void, Never>)?
    /// Drains that wait for another drain.
    @usableFromInline var drains: [Continuation] = []
    /// Outcomes that came, for tasks that are to be resumed with the next follow-up.
    @usableFromInline var resolved: [(OutcomeContinuation, Result<Outcome, any Error>)] = []
    /// How to wake the task that was elected while it waited for its outcome, with the next follow-up.
    @usableFromInline var handOver: (@Sendable () -> Void)?
    /// How the attendant is told.
    @usableFromInline var onWork: (@Sendable () -> Void)?

    init(options: CompletionChannelOptions) {
        state = ChannelState(options: options)
    }

    // MARK: Sending

    /// What a send leads to outside of the lock.
    @usableFromInline
    struct Sent: Sendable {
        @usableFromInline var state: ChannelState<Item>.Sent
        /// Tells the attendant, if it must be told.
        @usableFromInline var onWork: (@Sendable () -> Void)?

        @inlinable
        init(state: ChannelState<Item>.Sent, onWork: (@Sendable () -> Void)?) {
            self.state = state
            self.onWork = onWork
        }
    }

    /// Takes an item in; nil if the channel is closed.
    @inlinable
    mutating func send(_ item: Item) -> Sent? {
        guard !state.isClosed else { return nil }
        let sent = state.send(item)
        return Sent(state: sent, onWork: sent.tellsAttendant ? onWork : nil)
    }

    // MARK: Attending

    mutating func endAttendance(_ number: Int) {
        state.endAttendance(number)
        if !state.isAttended { onWork = nil }
    }

    // MARK: Suspending

    /// Notes that the sender will ask for the outcome of an item.
    @inlinable
    mutating func expectOutcome(of number: Int) {
        waiters[number] = .awake
    }

    /// Suspends the one who wants an outcome, or returns the outcome if it has come.
    @inlinable
    mutating func awaitOutcome(of number: Int, _ continuation: OutcomeContinuation) -> Result<Outcome, any Error>? {
        guard case .settled(let result) = waiters[number] else {
            waiters[number] = .suspended(continuation)
            return nil
        }
        waiters[number] = nil
        return result
    }

    /// Suspends the holder of a term until the attempt under way ends; false if it need not wait.
    @usableFromInline
    mutating func awaitAttempt(_ term: Int, _ continuation: Continuation) -> Bool {
        guard term == state.term, state.attempt != .none, heir == nil else { return false }
        heir = (term, continuation)
        return true
    }

    mutating func awaitDrain(_ continuation: Continuation) -> Bool {
        guard state.lead == .drain else { return false }
        drains.append(continuation)
        return true
    }

    /// Notes the sleep of a term's holder; false if the term has ended.
    mutating func note(pause task: Task<Void, Never>, of term: Int) -> Bool {
        guard term == state.term else { return false }
        pause = (term, task)
        return true
    }

    // MARK: Stepping

    /// What the holder of a term does next; a turn that is over goes to a task that waits for an outcome, if there is
    /// one.
    @inlinable
    mutating func next(_ term: Int) -> ChannelState<Item>.Step {
        if pause?.term == term { pause = nil }
        if state.isOver(term), let successor = electWaiter() { handOver = successor }
        return state.next(term)
    }

    /// Elects the task whose item was sent last, as it has to wait longest anyway, and returns how to wake it.
    @inlinable
    mutating func electWaiter() -> (@Sendable () -> Void)? {
        var last: (number: Int, continuation: OutcomeContinuation)?
        for case (let number, .suspended(let continuation)) in waiters where number >= last?.number ?? 0 {
            last = (number, continuation)
        }
        guard let last else { return nil }
        waiters[last.number] = .awake
        let term = state.elect()
        return { last.continuation.resume(returning: .lead(term)) }
    }

    // MARK: Settling

    /// Notes what became of the part that was attempted: all of it committed, or all rejected.
    @inlinable
    mutating func settle(_ count: Int, _ result: Result<[Outcome], any Error>) {
        resolve(count) { index in result.map { $0[index] } }
        if case .success = result {
            state.settle(count, committed: true)
        } else {
            state.settle(count, committed: false)
        }
    }

    /// Hands all that is left back, if that is the term's to do; nil while an attempt is under way.
    @usableFromInline
    mutating func giveUp(_ term: Int) -> [Item]? {
        let first = state.settled
        guard let items = state.giveUp(term) else { return nil }
        resolve(items.count, from: first) { _ in .failure(CompletionChannelError.notStored) }
        return items
    }

    /// Notes the results of that many items for those who want them.
    @inlinable
    mutating func resolve(
        _ count: Int, from first: Int? = nil, _ result: (Int) -> Result<Outcome, any Error>
    ) {
        guard !waiters.isEmpty else { return }
        let first = first ?? state.settled
        for index in 0..<count {
            switch waiters[first + index] {
            case .suspended(let continuation):
                waiters[first + index] = nil
                resolved.append((continuation, result(index)))
            case .awake:
                waiters[first + index] = .settled(result(index))
            case .settled, nil:
                break
            }
        }
    }

    // MARK: Following up

    /// What is to be done outside of the lock once the state has changed.
    @usableFromInline
    struct FollowUp: Sendable {
        @usableFromInline var onWork: (@Sendable () -> Void)?
        @usableFromInline var pause: Task<Void, Never>?
        @usableFromInline var heir: Continuation?
        @usableFromInline var drains: [Continuation] = []
        @usableFromInline var resolved: [(OutcomeContinuation, Result<Outcome, any Error>)] = []
        @usableFromInline var handOver: (@Sendable () -> Void)?

        @inlinable
        init() {}

        @inlinable
        func perform() {
            pause?.cancel()
            heir?.resume()
            for drain in drains { drain.resume() }
            for (continuation, result) in resolved { continuation.resume(returning: .settled(result)) }
            handOver?()
            onWork?()
        }
    }

    /// What follows from the state as it is now; whatever changed it, nobody who could go on is left suspended.
    @inlinable
    mutating func followUp() -> FollowUp {
        var result = FollowUp()
        if state.lead == .nobody, state.uncommitted > 0 {
            handOver = electWaiter()
        }
        if handOver != nil {
            swap(&result.handOver, &handOver)
        }
        if let pause, pause.term != state.term {
            result.pause = pause.task
            self.pause = nil
        }
        if let heir, heir.term != state.term || state.attempt == .none {
            result.heir = heir.continuation
            self.heir = nil
        }
        if state.lead != .drain, !drains.isEmpty {
            swap(&result.drains, &drains)
        }
        if !resolved.isEmpty {
            swap(&result.resolved, &resolved)
        }
        if state.tellAttendant() { result.onWork = onWork }
        return result
    }
}
