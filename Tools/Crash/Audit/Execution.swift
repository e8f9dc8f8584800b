package import QueueModel

/// One attempt at a job, according to the log of its worker.
package struct Execution: Hashable, Sendable {
    /// The job.
    package var id: JobID
    /// The attempt.
    package var attempt: Int
    /// The worker's number among those of the file.
    package var worker: Int
    /// What the job said of itself.
    package var nonce: String
    /// The time at which the executor began, in nanoseconds.
    package var startedAt: Int64
    /// The time at which it was about to return, or its process ended; `nil` while it goes on.
    package var endedAt: Int64?
    /// The way it was about to end; `nil` if its process ended first.
    package var stop: LogLine.Stop?

    /// Creates an execution that has begun.
    package init(_ id: JobID, attempt: Int, worker: Int, nonce: String, startedAt: Int64) {
        self.id = id
        self.attempt = attempt
        self.worker = worker
        self.nonce = nonce
        self.startedAt = startedAt
    }
}
