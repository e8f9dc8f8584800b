public import QueueModel

/// The result of one turn of a worker, all in one transaction.
public struct TurnResult: Sendable {
    /// The outcomes of the completions, in their order.
    public var outcomes: [CompletionOutcome]
    /// The claimed jobs, in the order in which they should start.
    ///
    /// Each is `running`, with its attempt raised.
    public var claimed: [JobRecord]
    /// All other changes because of the completions or the claim: dependents, parents, children, expired jobs.
    public var changes: [JobChange]
    /// The instant at which the next waiting job becomes due or the next job that a rate holds back has a token, as
    /// far as the store knows; `nil`: none waits.
    public var nextDue: Timestamp?
    /// The number of jobs at or above ``ClaimRequest/preemptsAt`` that only lack a slot: at most as many as the
    /// worker runs less urgent ones.
    public var preemptors: Int
    /// Whether measured values (pressure, room for IO) hold back ready jobs, which may pass at any time without a
    /// signal.
    public var isHeldByLoad: Bool

    /// Creates a result.
    public init(
        outcomes: [CompletionOutcome] = [], claimed: [JobRecord] = [], changes: [JobChange] = [],
        nextDue: Timestamp? = nil, preemptors: Int = 0, isHeldByLoad: Bool = false
    ) {
        self.outcomes = outcomes
        self.claimed = claimed
        self.changes = changes
        self.nextDue = nextDue
        self.preemptors = preemptors
        self.isHeldByLoad = isHeldByLoad
    }
}

/// The result of one sweep for expired jobs, in one transaction.
public struct ExpirySweep: Hashable, Sendable {
    /// The expired jobs, each followed by those that changed because of it.
    public var changes: [JobChange]
    /// Whether there may be more: the sweep ended at its limit.
    public var isPartial: Bool

    /// Creates a sweep.
    public init(changes: [JobChange] = [], isPartial: Bool = false) {
        self.changes = changes
        self.isPartial = isPartial
    }
}
