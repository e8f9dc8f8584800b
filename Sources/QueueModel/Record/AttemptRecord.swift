/// One attempt at a job.
public struct AttemptRecord: Hashable, Sendable {
    /// The attempt's number, from 1.
    public var number: Int
    /// Who made it.
    public var worker: WorkerID?
    /// When it began.
    public var startedAt: Timestamp?
    /// When it ended; `nil` while it runs.
    public var endedAt: Timestamp?
    /// What went wrong; `nil` if nothing did, or while it runs.
    public var failure: JobFailure?

    /// Makes a record.
    public init(
        number: Int, worker: WorkerID?, startedAt: Timestamp?, endedAt: Timestamp?, failure: JobFailure?
    ) {
        self.number = number
        self.worker = worker
        self.startedAt = startedAt
        self.endedAt = endedAt
        self.failure = failure
    }

    /// How long it took.
    public var duration: Duration? {
        guard let startedAt, let endedAt else { return nil }
        return endedAt.since(startedAt)
    }
}
