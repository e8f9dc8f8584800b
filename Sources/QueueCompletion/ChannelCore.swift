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
    /// The next leader, which waits for the attempt of the one before to end.
    @usableFromInline var nextLeader: (leadership: Int, continuation: Continuation)?
    /// The sleep of the lead that waits for time to pass.
    @usableFromInline var pause: (leadership: Int, task: Task<Void, Never>)?
    /// Drains that wait for another drain.
    @usableFromInline var drains: [Continuation] = []
    /// Outcomes that came, for tasks that are to be resumed with the next follow-up.
    @usableFromInline var resolved: [(OutcomeContinuation, Result<Outcome, any Error>)] = []
    /// How to wake the task that was elected while it waited for its outcome, with the next follow-up.
    @usableFromInline var handOver: (@Sendable () -> Void)?
    /// Notifies the consumer.
    @usableFromInline var onWork: (@Sendable () -> Void)?

    init(options: CompletionChannelOptions) {
        state = ChannelState(options: options)
    }

    // MARK: Sending

    /// What a send leads to outside of the lock.
    @usableFromInline
    struct Sent: Sendable {
        @usableFromInline var state: ChannelState<Item>.Sent
        /// Notifies the consumer, if that is necessary.
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
        return Sent(state: sent, onWork: sent.notifiesConsumer ? onWork : nil)
    }

    // MARK: Consuming

    mutating func endConsuming(_ number: Int) {
        state.endConsuming(number)
        if !state.hasConsumer { onWork = nil }
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

    /// Suspends the holder of a leadership until the attempt under way ends; false if it need not wait.
    @usableFromInline
    mutating func awaitAttempt(_ leadership: Int, _ continuation: Continuation) -> Bool {
        guard leadership == state.leadership, state.attempt != .none, nextLeader == nil else { return false }
        nextLeader = (leadership, continuation)
        return true
    }

    mutating func awaitDrain(_ continuation: Continuation) -> Bool {
        guard state.lead == .drain else { return false }
        drains.append(continuation)
        return true
    }

    /// Notes the sleep of a leadership's holder; false if the leadership has ended.
    mutating func note(pause task: Task<Void, Never>, of leadership: Int) -> Bool {
        guard leadership == state.leadership else { return false }
        pause = (leadership, task)
        return true
    }

    // MARK: Stepping

    /// Decides what the holder of a leadership does next; a turn that is over goes to a task that waits for an
    /// outcome, if there is one.
    @inlinable
    mutating func next(_ leadership: Int) -> ChannelState<Item>.Step {
        if pause?.leadership == leadership { pause = nil }
        if state.isOver(leadership), let successor = electWaiter() { handOver = successor }
        return state.next(leadership)
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
        let leadership = state.elect()
        return { last.continuation.resume(returning: .lead(leadership)) }
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

    /// Notes that the consumer has committed its batch and reported the outcomes itself; nothing happens without one.
    @inlinable
    mutating func settleReported(by number: Int, count: Int) {
        assert(waiters.isEmpty, "a caller that waits for an outcome would not be resumed")
        guard state.isOut(of: number) else { return }
        state.settle(count, committed: true)
    }

    /// Hands all that is left back, if that is the leadership's to do; nil while an attempt is under way.
    @usableFromInline
    mutating func giveUp(_ leadership: Int) -> [Item]? {
        let first = state.settled
        guard let items = state.giveUp(leadership) else { return nil }
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
        @usableFromInline var nextLeader: Continuation?
        @usableFromInline var drains: [Continuation] = []
        @usableFromInline var resolved: [(OutcomeContinuation, Result<Outcome, any Error>)] = []
        @usableFromInline var handOver: (@Sendable () -> Void)?

        @inlinable
        init() {}

        @inlinable
        func perform() {
            pause?.cancel()
            nextLeader?.resume()
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
        if let pause, pause.leadership != state.leadership {
            result.pause = pause.task
            self.pause = nil
        }
        if let nextLeader, nextLeader.leadership != state.leadership || state.attempt == .none {
            result.nextLeader = nextLeader.continuation
            self.nextLeader = nil
        }
        if state.lead != .drain, !drains.isEmpty {
            swap(&result.drains, &drains)
        }
        if !resolved.isEmpty {
            swap(&result.resolved, &resolved)
        }
        if state.notifyConsumer() { result.onWork = onWork }
        return result
    }
}
