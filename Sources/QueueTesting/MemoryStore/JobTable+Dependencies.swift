import QueueModel
import QueueStoreKit

extension JobTable {
    /// Returns the active jobs for which a job waits, or will wait: its dependencies and its children.
    func waits(of id: JobID) -> [JobID] {
        guard let entry = entries[id], !entry.record.state.isTerminal else { return [] }
        return entry.openDependencies.filter(isActive).sorted() + entry.openChildren.sorted()
    }

    /// Returns the active jobs that wait for a job, or will wait: its dependents and its parent.
    func waiters(for id: JobID) -> [JobID] {
        let dependents = dependents[id]?.keys ?? []
        let blocked = dependents.filter { entries[$0]?.openDependencies.contains(id) ?? false }
        return blocked + [entries[id]?.record.parent].compactMap(\.self)
    }

    /// Checks that the jobs on which a submission depends are stored and were so before its batch.
    func checkDependencies(of submission: JobSubmission, upTo last: JobID) throws(QueueError) {
        for case .job(let id) in submission.dependencies where id > last || entries[id] == nil {
            throw QueueError(.unknownDependency, "the dependency \(id) is not in the store", jobs: [id])
        }
    }

    /// Returns the submission with what it inherits from its parent, which must be active.
    func inheriting(_ submission: JobSubmission) throws(QueueError) -> JobSubmission {
        guard let parent = submission.parent else { return submission }
        guard let record = entries[parent]?.record, !record.state.isTerminal else {
            throw QueueError(.unknownParent, "the parent \(parent) is not active", jobs: [parent])
        }
        return submission.inheriting(priority: record.priority, expiresAt: record.expiresAt)
    }

    /// Returns a submission with the content of another job.
    ///
    /// Times apply to the old job alone. A parent is kept, and inherited from, while it can still wait.
    func resubmission(of record: JobRecord) -> JobSubmission {
        let parent = record.parent.flatMap { isActive($0) ? entries[$0]?.record : nil }
        let submission = JobSubmission(
            type: record.type, payload: record.payload, payloadVersion: record.payloadVersion,
            priority: record.priority,
            group: record.group, key: record.key, label: record.label, tags: record.tags,
            parent: parent?.id, failFast: record.failFast, retry: record.retry,
            timeout: record.timeout, expectedIO: record.expectedIO, origin: record.id, occurrence: record.occurrence)
        guard let parent else { return submission }
        return submission.inheriting(priority: parent.priority, expiresAt: parent.expiresAt)
    }
}

extension JobFailure {
    /// Creates the failure of a job that ends because a related job ended.
    init(related id: JobID, _ state: JobState) {
        self.init(.relatedJob, "\(id) ended as \(state)")
    }
}
