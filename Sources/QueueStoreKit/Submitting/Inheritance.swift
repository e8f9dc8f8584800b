public import QueueModel

extension JobSubmission {
    /// Whether the submission names no other job.
    package var refersToNone: Bool { dependencies.isEmpty && parent == nil }

    /// The submission as a child of a job (rule D12): at least as urgent, and worth starting no longer.
    ///
    /// A store does this with each submission that has a parent, with the values that the parent has then.
    public func inheriting(priority: Priority, expiresAt: Timestamp?) -> JobSubmission {
        var child = self
        child.priority = min(child.priority, priority)
        if let expiresAt { child.expiresAt = min(child.expiresAt ?? expiresAt, expiresAt) }
        return child
    }
}
