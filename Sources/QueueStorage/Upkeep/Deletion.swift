import QueueModel
import QueueStoreKit

/// Deletes ended jobs.
struct Deletion: StoreComponent {
    let context: StoreContext

    func deleteEnded(_ id: JobID) throws(QueueError) -> Bool {
        guard let head = try jobs.head(id.rawValue) else { return false }
        guard head.state.isTerminal else {
            throw QueueError(.notPossibleNow, "\(id) is \(head.state.jobState) and has not ended", jobs: [id])
        }
        try delete(id.rawValue)
        return true
    }

    /// Deletes an ended job with all that is its own.
    ///
    /// Who depended on it keeps its number.
    func delete(_ id: Int64) throws(QueueError) {
        guard let head = try jobs.head(id), let record = try session.record(id) else { return }
        try JobNumbers(context).markDeleted(id)
        for tag in record.tags {
            let row = try session.statement(.deleteTag)
            row.bind(tag.key, at: 1)
            row.bind(tag.value, at: 2)
            row.bind(id, at: 3)
            try row.run()
        }
        for other in try session.dependencies(of: id) { try session.run(.deleteDependency, other, id) }
        if head.flags.contains(.hasExtra) { try session.run(.deleteExtra, id) }
        if head.flags.contains(.hasLargePayload) { try session.run(.deletePayload, id) }
        if let parent = head.parent { try session.run(.deleteChild, parent, id) }
        if head.attempt > 0 { try session.run(.deleteAttempts, id) }
        try session.run(.deleteJob, id)
    }

    /// Whether an active job still looks at this ended one.
    func isNeeded(_ id: Int64) throws(QueueError) -> Bool {
        guard let head = try jobs.head(id) else { return false }
        if let parent = head.parent, let state = try jobs.head(parent)?.state, !state.isTerminal { return true }
        guard id <= context.highestDependency else { return false }
        let row = try session.statement(.activeDependents)
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step()
    }
}
