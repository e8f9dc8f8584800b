/// The channel as a value: what waits, what is being committed, and who may commit next.
///
/// Its functions are told what happened and say what to do; none calls anything, waits, or looks at a clock.
///
/// There is one *lead* at any time, numbered by its *term*. A term that ends before its holder knows (an attendant
/// came, a drain began, a successor was elected) costs nothing: the holder asks for its ``next(_:)`` step and is told
/// to stop. The batch is part of the state and not of its holder, so a new lead goes on with it where the old one was.
@usableFromInline
struct ChannelState<Item: Sendable>: Sendable {
    /// Who may make the next attempt at committing.
    @usableFromInline
    enum Lead: Sendable {
        case nobody
        /// A task that sent something, or waits for what it sent.
        case sender
        /// The standing leader.
        case attendant
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
        /// The attendant has taken the batch into a transaction of its own.
        case taken
    }

    /// What a send leads to.
    @usableFromInline
    struct Sent: Sendable {
        /// The sender's term, if it was elected.
        @usableFromInline var term: Int?
        /// Whether the attendant must be told.
        @usableFromInline var tellsAttendant = false
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
    @usableFromInline var term = 0
    @usableFromInline var attempt = Attempt.none
    /// Batches begun in this term.
    @usableFromInline var turns = 0
    @usableFromInline var hasLingered = false
    /// The `sent` of the moment when the drain began: what it has to settle.
    @usableFromInline var drainTarget = 0

    /// The number of the one who attends, if somebody does.
    @usableFromInline var attendant: Int?
    var attendances = 0
    /// Whether the attendant knows that there is something to take.
    @usableFromInline var isAttendantTold = false

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
    var isAttended: Bool { attendant != nil }

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
            result.term = elect()
        case .attendant:
            result.tellsAttendant = tellAttendant()
        case .sender, .drain:
            // While the last batch of a turn is being committed, whoever sends what would be next takes over.
            if attempt != .none, isTurnOver { result.term = elect() }
        }
        return result
    }

    // MARK: Who leads

    /// Begins a sender's term, whoever led before.
    @inlinable
    mutating func elect() -> Int {
        begin(.sender)
        return term
    }

    @inlinable
    mutating func begin(_ lead: Lead) {
        self.lead = lead
        term += 1
        turns = 0
        hasLingered = false
    }

    /// Gives a sender's term back unused; nothing happens if it has ended.
    @inlinable
    mutating func abandon(_ term: Int) {
        guard term == self.term, lead == .sender else { return }
        release()
    }

    /// Ends the term: an attendant leads, or nobody.
    @inlinable
    mutating func release() {
        begin(isAttended ? .attendant : .nobody)
    }

    /// Whether the lead has done its share, so that anyone else who can lead should.
    @inlinable
    var isTurnOver: Bool {
        switch lead {
        case .sender: turns >= options.maxTurns
        case .drain: settled >= drainTarget && !isAttended
        case .nobody, .attendant: false
        }
    }

    /// Whether a term has done its share, is between two batches, and leaves something to do.
    @inlinable
    func isOver(_ term: Int) -> Bool {
        term == self.term && isTurnOver && attempt == .none && batch == nil && uncommitted > 0
    }

    /// Begins a drain and returns its term; nil if there is one already.
    mutating func drain() -> Int? {
        guard lead != .drain else { return nil }
        begin(.drain)
        drainTarget = sent
        return term
    }

    // MARK: Attendance

    /// Begins an attendance and returns its number; nil if somebody attends already.
    mutating func attend() -> Int? {
        guard !isAttended else { return nil }
        attendances += 1
        attendant = attendances
        isAttendantTold = false
        // A drain is not interrupted; the attendant leads after it.
        if lead != .drain { begin(.attendant) }
        return attendances
    }

    /// Ends an attendance; a batch that it had taken and not settled goes back to be committed again.
    mutating func endAttendance(_ number: Int) {
        guard attendant == number else { return }
        attendant = nil
        if attempt == .taken { attempt = .none }
        if lead == .attendant { release() }
    }

    /// The term in which an attendant makes its own attempts; nil if the lead is somebody else's.
    @inlinable
    func recoveryTerm(_ number: Int) -> Int? {
        attendant == number && lead == .attendant ? term : nil
    }

    /// Whether the attendant has to be told now that there is something to take; from then on it counts as told.
    @inlinable
    mutating func tellAttendant() -> Bool {
        guard lead == .attendant, attempt == .none, uncommitted > 0, !isAttendantTold else { return false }
        isAttendantTold = true
        return true
    }
}
