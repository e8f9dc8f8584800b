public import Synchronization

/// An unbounded channel whose senders commit what is in it: batches of other tasks' work, without a task of its own.
///
/// Whoever sends an item and finds nobody at work becomes the leader: it commits the item together with all that is
/// sent meanwhile, batch by batch, while the other senders go their way at once. Under load a batch grows by itself
/// to what one commit's time brings in; a lone item is committed at once by its sender.
///
/// - Items are committed in the order in which they were sent, one batch at a time, and each is settled exactly once:
///   committed, rejected, or handed back by ``drain(within:)``.
/// - ``Settlement``s are reported in that order, each after its commit and before the next one begins.
/// - A commit that fails loses nothing: see ``BatchCommitter/isTransient(_:)``.
/// - Cancelling a task that leads does not stop it, since it holds other senders' items.
///
/// A consumer, such as a run loop that has a transaction anyway, may take the leader's place:
/// see ``consume(onWork:)``. Before letting go of a channel, ``close()`` it and ``drain(within:)`` it.
public final class CompletionChannel<Item: Sendable, Outcome: Sendable>: Sendable {
    /// The options that the channel was made with.
    public let options: CompletionChannelOptions

    @usableFromInline let committer: any BatchCommitter<Item, Outcome>
    let clock: any Clock<Duration>
    let taskExecutor: (any TaskExecutor)?
    @usableFromInline let settled: @Sendable (Settlement<Item, Outcome>) -> Void
    @usableFromInline let readinessChanged: @Sendable () -> Void

    @usableFromInline let core: Mutex<ChannelCore<Item, Outcome>>
    // Copies of what the lock protects, written under it, so that reading them takes no lock.
    @usableFromInline let uncommittedCount = Atomic(0)
    @usableFromInline let holdsBack = Atomic(false)

    /// Creates an open, empty channel.
    ///
    /// - Parameters:
    ///   - committer: Where the batches go.
    ///   - options: Sizes and times.
    ///   - clock: The clock for lingering, back-off and a drain's limit.
    ///   - settled: Called, outside of all locks, with what became of the items, by whoever leads. The next commit
    ///     waits for it. It may send, but must not wait for an item of this channel.
    ///   - readinessChanged: Called, outside of all locks, each time ``isHoldingBack`` has changed; two calls may
    ///     overlap, so read the property, which is up to date after the last one.
    /// - Throws: ``CompletionChannelError/Code-swift.struct/invalidOption``.
    public convenience init(
        committer: any BatchCommitter<Item, Outcome>,
        options: CompletionChannelOptions = CompletionChannelOptions(),
        clock: any Clock<Duration> = ContinuousClock(),
        settled: @escaping @Sendable (Settlement<Item, Outcome>) -> Void = { _ in },
        readinessChanged: @escaping @Sendable () -> Void = {}
    ) throws(CompletionChannelError) {
        try self.init(
            committer: committer, options: options, clock: clock, taskExecutor: nil, settled: settled,
            readinessChanged: readinessChanged)
    }

    /// Creates a channel whose pauses are on a task executor, where there is one: a simulation has one for all.
    package init(
        committer: any BatchCommitter<Item, Outcome>, options: CompletionChannelOptions, clock: any Clock<Duration>,
        taskExecutor: (any TaskExecutor)?, settled: @escaping @Sendable (Settlement<Item, Outcome>) -> Void,
        readinessChanged: @escaping @Sendable () -> Void
    ) throws(CompletionChannelError) {
        try options.validate()
        self.committer = committer
        self.options = options
        self.clock = clock
        self.taskExecutor = taskExecutor
        self.readinessChanged = readinessChanged
        self.settled = settled
        core = Mutex(ChannelCore(options: options))
    }

    // MARK: Sending

    /// Sends an item, without waiting for anything but a lock, and returns the lead if the caller was elected.
    ///
    /// An elected caller is to call ``Leadership/run()``, at once or after what it has to do first; nothing is
    /// committed until then. Callers that need not do anything in between have ``complete(_:)``.
    ///
    /// Costs a lock and an append; nothing is allocated for the item alone.
    ///
    /// - Throws: ``ChannelClosed`` with the item, once the channel is closed.
    @inlinable
    public func send(_ item: Item) throws(ChannelClosed<Item>) -> Leadership<Item, Outcome>? {
        let sent = core.withLock { core in put(item, into: &core) }
        guard let sent else { throw ChannelClosed(item: item) }
        guard let leadership = follow(sent) else { return nil }
        return Leadership(channel: self, number: leadership)
    }

    /// Sends an item, and leads if elected.
    ///
    /// Returns at once if somebody else leads, and so may return before the item is committed.
    ///
    /// - Throws: ``ChannelClosed`` with the item, once the channel is closed; never an error of a commit, which is told
    ///   by a ``Settlement``.
    @inlinable
    public func complete(_ item: Item) async throws(ChannelClosed<Item>) {
        guard let leadership = try send(item) else { return }
        await leadership.run()
    }

    /// Sends an item, and waits until it is committed: group commit for concurrent callers.
    ///
    /// A caller may be elected, at once or while it waits, and so return later than its item was committed, by at
    /// most ``CompletionChannelOptions/maxTurns`` batches as long as there are others to take over. Cancellation does
    /// not end the wait, as the item can't be recalled.
    ///
    /// - Returns: The outcome of this very item.
    /// - Throws: The error for which this very item was rejected; ``ChannelClosed`` with the item, once the channel is
    ///   closed; ``CompletionChannelError/Code-swift.struct/notStored`` if a drain handed the item back.
    @inlinable
    public func commit(_ item: Item) async throws -> Outcome {
        let (number, sent) = core.withLock { core in
            let number = core.state.sent
            let sent = put(item, into: &core)
            if sent != nil { core.expectOutcome(of: number) }
            return (number, sent)
        }
        guard let sent else { throw ChannelClosed(item: item) }
        if let leadership = follow(sent) { await lead(leadership) }
        while true {
            switch await outcome(of: number) {
            case .settled(let result): return try result.get()
            case .lead(let leadership): await lead(leadership)
            }
        }
    }

    /// Puts an item in; nil if the channel is closed.
    @inlinable
    func put(_ item: Item, into core: inout ChannelCore<Item, Outcome>) -> ChannelCore<Item, Outcome>.Sent? {
        guard let sent = core.send(item) else { return nil }
        uncommittedCount.store(core.state.uncommitted, ordering: .relaxed)
        if sent.state.changesReadiness { holdsBack.store(true, ordering: .relaxed) }
        return sent
    }

    /// Does what a send leads to outside of the lock, and returns the leadership if the sender was elected.
    @inlinable
    func follow(_ sent: ChannelCore<Item, Outcome>.Sent) -> Int? {
        if sent.state.changesReadiness { readinessChanged() }
        sent.onWork?()
        return sent.state.leadership
    }

    @inlinable
    func outcome(of number: Int) async -> ChannelCore<Item, Outcome>.Awaited {
        await withCheckedContinuation { continuation in
            let result = transition { core in core.awaitOutcome(of: number, continuation) }
            if let result { continuation.resume(returning: .settled(result)) }
        }
    }

    // MARK: Looking

    /// How many items were sent and are not settled; reads one atomic.
    public var uncommitted: Int { uncommittedCount.load(ordering: .relaxed) }

    /// Whether so many items are uncommitted that no more should be made for now; reads one atomic.
    ///
    /// True once there are more than ``CompletionChannelOptions/maxUncommitted``, until they are down to half.
    public var isHoldingBack: Bool { holdsBack.load(ordering: .relaxed) }

    /// What the channel has done so far.
    public var statistics: CompletionStatistics { core.withLock { core in core.state.statistics } }

    // MARK: Ending

    /// Ends sending; what was sent before is committed as ever.
    ///
    /// Closing twice is fine.
    public func close() {
        core.withLock { core in core.state.isClosed = true }
    }

    /// Commits all that was sent before the call, or hands back what could not be.
    ///
    /// The drain takes the lead: lingering and back-offs are cut short, and the next attempt at the batch is its own.
    /// An attempt that is under way is waited for, as only its end tells whether the batch is stored; so is a batch
    /// that the consumer has taken. A channel that is open can be drained as well; then what is sent meanwhile may or
    /// may not be committed when the call returns.
    ///
    /// Cancellation does not end a drain. A drain that meets another waits for it, and returns nothing then, since
    /// items are handed back once.
    ///
    /// - Parameter limit: How long to try; nil, the default, is as long as it takes. Once it has passed no attempt
    ///   begins.
    /// - Returns: The items that are not stored, in order, and are the caller's now; empty if all are stored.
    public func drain(within limit: Duration? = nil) async -> [Item] {
        let deadline = limit.map { Deadline(after: $0, on: clock) }
        while true {
            if let leadership = transition({ core in core.state.drain() }) {
                return await lead(leadership, until: deadline)
            }
            await withCheckedContinuation { continuation in
                let isSuspended = core.withLock { core in core.awaitDrain(continuation) }
                if !isSuspended { continuation.resume() }
            }
        }
    }
}
