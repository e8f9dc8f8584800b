/// Why an attempt was asked to stop.
public enum CancellationReason: UInt8, Hashable, Sendable, Codable {
    /// Somebody cancelled the job, or another submission superseded it.
    case cancelled
    /// The attempt took longer than its time limit.
    case timedOut
    /// The queue shuts down; the job goes back to its place in the order.
    case shuttingDown
    /// A hold was laid that stops running jobs; the job goes back to its place in the order (rule D8).
    case paused
    /// A more urgent job needs the slot; this one is set aside until no such job is left (rule D7).
    case preempted
    /// The worker lost its lease, and another may have the job.
    case leaseLost
}
