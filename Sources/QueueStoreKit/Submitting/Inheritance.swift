public import QueueModel

extension JobSubmission {
    /// Whether the submission names no other job.
    package var refersToNone: Bool { dependencies.isEmpty && parent == nil }

    /// Returns the submission as a child of a job: at least as urgent, and expiring no later.
    public func inheriting(priority: Priority, expiresAt: Timestamp?) -> JobSubmission {
        var child = self
        child.priority = min(child.priority, priority)
        if let expiresAt { child.expiresAt = min(child.expiresAt ?? expiresAt, expiresAt) }
        return child
    }
}
