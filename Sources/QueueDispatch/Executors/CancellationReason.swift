extension JobContext {
    /// The reason for which an attempt was asked to stop.
    public enum CancellationReason: UInt8, Hashable, Sendable, Codable {
        /// The job was canceled, or another submission superseded it.
        case cancelled
        /// The attempt took longer than its time limit.
        case timedOut
        /// The queue shuts down; the job returns to its place in the order.
        case shuttingDown
        /// The job was paused by a pause that stops running jobs; it returns to its place in the order.
        case paused
        /// A more urgent job needs the slot; the job runs again when no such job is left.
        case preempted
        /// The worker lost its lease, and another worker may have the job.
        case leaseLost
    }
}
