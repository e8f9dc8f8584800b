public import QueueModel
import QueueStoreKit

extension JobQueue {
    /// The jobs that a job depends on, by id, each as it is now (rule Q2).
    ///
    /// One that was deleted has ended, and is not in the answer. With `open` those alone that the job still waits for: that have not ended.
    /// The job is looked at first and the others then, so what changes meanwhile may show in some of them alone.
    ///
    /// - Parameter open: Whether those that have ended are left out; default `false`.
    /// - Throws: What the store throws. A job that there is not, or no longer, depends on none.
    public func dependencies(of id: JobID, open: Bool = false) async throws(QueueError) -> [JobRecord] {
        let ids = try await store.dependencies(of: id)
        return try await records(of: ids[...], limit: .max) { !open || !$0.state.isTerminal }
    }

    /// The jobs that depend on a job, a page by id, each as it is now (rule Q2).
    ///
    ///     var waiting = try await queue.dependents(of: id, open: true)
    ///     while let last = waiting.last {
    ///         show(waiting)
    ///         waiting = try await queue.dependents(of: id, open: true, after: last.id)
    ///     }
    ///
    /// The ids of all are looked up for each page, at a cost that grows with their number; of records no more are read than the page
    /// needs. What changes meanwhile may show in some of them alone.
    ///
    /// - Parameters:
    ///   - open: Whether only those are meant that are blocked, and so wait for the job unless it has ended; default `false`.
    ///   - last: Where an earlier page ended; `nil`: at the first.
    ///   - limit: At most so many jobs; default 100.
    public func dependents(
        of id: JobID, open: Bool = false, after last: JobID? = nil, limit: Int = 100
    ) async throws(QueueError) -> [JobRecord] {
        if open {
            // Nobody waits for what has ended: a job that is blocked nevertheless waits for another.
            guard let job = try await store.job(id), !job.state.isTerminal else { return [] }
        }
        let ids = try await store.dependents(of: id)
        let start = last.map { last in ids.firstIndex { $0 > last } ?? ids.endIndex } ?? ids.startIndex
        return try await records(of: ids[start...], limit: max(limit, 0)) { !open || $0.state == .blocked }
    }

    /// The first of some jobs that are meant.
    private func records(
        of ids: ArraySlice<JobID>, limit: Int, where isMeant: (JobRecord) -> Bool
    ) async throws(QueueError) -> [JobRecord] {
        var found: [JobRecord] = []
        var rest = ids
        while !rest.isEmpty, found.count < limit {
            let page = rest.prefix(min(max(limit - found.count, 100), 1000))
            rest = rest.dropFirst(page.count)
            let query = JobQuery(ids: Set(page), order: .oldestFirst, limit: page.count)
            for job in try await store.jobs(query).jobs where isMeant(job) && found.count < limit { found.append(job) }
        }
        return found
    }
}
