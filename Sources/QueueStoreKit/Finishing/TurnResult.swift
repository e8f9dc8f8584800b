public import QueueModel

/// What one turn of a worker did, all of it in one transaction.
public struct TurnResult: Sendable {
    /// What became of the completions, in their order.
    public var outcomes: [CompletionOutcome]
    /// The jobs that are the worker's now, in the order in which they should start.
    ///
    /// Each is `running`, with its attempt raised.
    public var claimed: [JobRecord]
    /// What else changed because of the completions or the claim: dependents, parents, children, expired jobs.
    public var changes: [JobChange]
    /// When the next job that waits for its start becomes due, or the next that a rate holds back has a token, as far as the store
    /// knows; `nil`: none waits.
    public var nextDue: Timestamp?
    /// How many jobs at or above ``ClaimRequest/preemptsAt`` could start if there were a slot: as many as the worker runs less urgent ones, at most.
    public var preemptors: Int
    /// Whether ready jobs are held back by what is measured (pressure, room for IO), and may pass at any time without a signal.
    public var isHeldByLoad: Bool

    /// Makes a result.
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

/// What one sweep for expired jobs did, in one transaction (rule Q7).
public struct ExpirySweep: Hashable, Sendable {
    /// The jobs that have expired, each followed by those that changed because of it.
    public var changes: [JobChange]
    /// Whether there may be more: the sweep ended at its limit.
    public var isPartial: Bool

    /// Makes a sweep.
    public init(changes: [JobChange] = [], isPartial: Bool = false) {
        self.changes = changes
        self.isPartial = isPartial
    }
}
