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
    /// When the next job that waits for its start becomes due, as far as the store knows; `nil`: none waits.
    public var nextDue: Timestamp?

    /// Makes a result.
    public init(
        outcomes: [CompletionOutcome] = [], claimed: [JobRecord] = [], changes: [JobChange] = [],
        nextDue: Timestamp? = nil
    ) {
        self.outcomes = outcomes
        self.claimed = claimed
        self.changes = changes
        self.nextDue = nextDue
    }
}

/// A change of a job's state that something else caused.
public struct JobChange: Hashable, Sendable {
    /// The job.
    public var id: JobID
    /// Its stored type.
    public var type: JobType
    /// Its state now.
    public var state: JobState
    /// The job that caused the change, if one did.
    public var cause: JobID?

    /// Makes a change.
    public init(id: JobID, type: JobType, state: JobState, cause: JobID? = nil) {
        self.id = id
        self.type = type
        self.state = state
        self.cause = cause
    }
}
