/// The channel as a value: the items that wait, the batch that is being committed, and the leader.
///
/// Its functions take an event and return what to do; none calls anything, waits, or looks at a clock.
///
/// There is one *lead* at any time; each *leadership* has a number. A leadership that ends before its holder knows (a
/// consumer came, a drain began, a successor was elected) costs nothing: the holder asks for its ``next(_:)`` step
/// and gets ``Step/stop``. The batch is part of the state and not of its holder, so a new lead goes on with it where
/// the old one was.
@usableFromInline
struct ChannelState<Item: Sendable>: Sendable {
    /// Who may make the next attempt at committing.
    @usableFromInline
    enum Lead: Sendable {
        case nobody
        /// A task that sent something, or waits for what it sent.
        case sender
        /// The consumer.
        case consumer
        case drain
    }

    /// Whether somebody is committing right now.
    ///
    /// While somebody is, nobody else may touch the batch.
    @usableFromInline
    enum Attempt: Sendable {
        case none
        /// The channel's committer is at work.
        case running
        /// The consumer has taken the batch into a transaction of its own.
        case taken
    }

    /// What a send leads to.
    @usableFromInline
    struct Sent: Sendable {
        /// The sender's leadership, if it was elected.
        @usableFromInline var leadership: Int?
        /// Whether the consumer must be notified.
        @usableFromInline var notifiesConsumer = false
        /// Whether the channel began to hold back.
        @usableFromInline var changesReadiness = false

        @inlinable
        init() {}
    }

    /// A batch that was taken from what waits, and is settled part by part.
    @usableFromInline
    struct Batch: Sendable {
        @usableFromInline let items: [Item]
        @usableFromInline var split: BatchSplit
        /// Transient errors in a row.
        @usableFromInline var failures = 0
        /// How long to wait before the next attempt.
        @usableFromInline var delay: Duration?

        @inlinable
        init(_ items: [Item]) {
            self.items = items
            split = BatchSplit(count: items.count)
        }

        /// The items to commit now.
        @inlinable
        var part: [Item] {
            split.current.count == items.count ? items : Array(items[split.current])
        }

        var remaining: [Item] { Array(items[split.remaining]) }
    }

    @usableFromInline let options: CompletionChannelOptions

    @usableFromInline var waiting: BatchBuffer<Item>
    @usableFromInline var batch: Batch?

    /// How many items were sent: the number that the next one gets.
    @usableFromInline var sent = 0
    /// How many items are settled: the number of the first that isn't, as they are settled in order.
    @usableFromInline var settled = 0

    @usableFromInline var lead = Lead.nobody
    @usableFromInline var leadership = 0
    @usableFromInline var attempt = Attempt.none
    /// Batches begun in this leadership.
    @usableFromInline var turns = 0
    @usableFromInline var hasLingered = false
    /// The `sent` of the moment when the drain began: what it has to settle.
    @usableFromInline var drainTarget = 0

    /// The number of the consumer, if there is one.
    @usableFromInline var consumer: Int?
    var consumerCount = 0
    /// Whether the consumer knows that there is something to take.
    @usableFromInline var isConsumerNotified = false

    @usableFromInline var isClosed = false
    @usableFromInline var isHoldingBack = false
    @usableFromInline var statistics = CompletionStatistics()

    init(options: CompletionChannelOptions) {
        self.options = options
        waiting = BatchBuffer(batchSize: options.maxBatch)
    }

    /// Items sent and not settled.
    @inlinable
    var uncommitted: Int { sent - settled }

    @inlinable
    var hasConsumer: Bool { consumer != nil }

    // MARK: Sending

    /// Takes an item in; only while the channel is open.
    @inlinable
    mutating func send(_ item: Item) -> Sent {
        var result = Sent()
        waiting.append(item)
        sent += 1
        if uncommitted > options.maxUncommitted, !isHoldingBack {
            isHoldingBack = true
            result.changesReadiness = true
        }
        switch lead {
        case .nobody:
            result.leadership = elect()
        case .consumer:
            result.notifiesConsumer = notifyConsumer()
        case .sender, .drain:
            // While the last batch of a turn is being committed, whoever sends what would be next takes over.
            if attempt != .none, isTurnOver { result.leadership = elect() }
        }
        return result
    }

    // MARK: Who leads

    /// Begins a sender's leadership, whoever led before.
    @inlinable
    mutating func elect() -> Int {
        begin(.sender)
        return leadership
    }

    @inlinable
    mutating func begin(_ lead: Lead) {
        self.lead = lead
        leadership += 1
        turns = 0
        hasLingered = false
    }

    /// Gives a sender's leadership back unused; nothing happens if it has ended.
    @inlinable
    mutating func abandon(_ leadership: Int) {
        guard leadership == self.leadership, lead == .sender else { return }
        release()
    }

    /// Ends the leadership: a consumer leads, or nobody.
    @inlinable
    mutating func release() {
        begin(hasConsumer ? .consumer : .nobody)
    }

    /// Whether the lead has done its share, so that anyone else who can lead should.
    @inlinable
    var isTurnOver: Bool {
        switch lead {
        case .sender: turns >= options.maxTurns
        case .drain: settled >= drainTarget && !hasConsumer
        case .nobody, .consumer: false
        }
    }

    /// Whether a leadership has done its share, is between two batches, and leaves something to do.
    @inlinable
    func isOver(_ leadership: Int) -> Bool {
        leadership == self.leadership && isTurnOver && attempt == .none && batch == nil && uncommitted > 0
    }

    /// Begins a drain and returns its leadership; nil if there is one already.
    mutating func drain() -> Int? {
        guard lead != .drain else { return nil }
        begin(.drain)
        drainTarget = sent
        return leadership
    }

    // MARK: Consuming

    /// Adds a consumer and returns its number; nil if there is one already.
    mutating func consume() -> Int? {
        guard !hasConsumer else { return nil }
        consumerCount += 1
        consumer = consumerCount
        isConsumerNotified = false
        // A drain is not interrupted; the consumer leads after it.
        if lead != .drain { begin(.consumer) }
        return consumerCount
    }

    /// Removes a consumer; a batch that it had taken and not settled goes back to be committed again.
    mutating func endConsuming(_ number: Int) {
        guard consumer == number else { return }
        consumer = nil
        if attempt == .taken { attempt = .none }
        if lead == .consumer { release() }
    }

    /// The leadership in which a consumer makes its own attempts; nil if the lead is somebody else's.
    @inlinable
    func recoveryLeadership(_ number: Int) -> Int? {
        consumer == number && lead == .consumer ? leadership : nil
    }

    /// Whether the consumer has to be notified now that there is something to take; from then on it counts as
    /// notified.
    @inlinable
    mutating func notifyConsumer() -> Bool {
        guard lead == .consumer, attempt == .none, uncommitted > 0, !isConsumerNotified else { return false }
        isConsumerNotified = true
        return true
    }
}
