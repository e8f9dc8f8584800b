import QueueModel

/// Answers queries for jobs, page by page.
struct JobQueries {
    let session: Session

    init(_ session: Session) { self.session = session }

    /// Returns a page of the jobs that match a query.
    func jobs(_ query: JobQuery) throws(QueueError) -> JobQuery.Page {
        if let near = query.isFoundByState ? query.after : nil {
            let page = try jobs(query, near: near)
            if page.next != nil { return page }
        }
        return try jobs(query, near: nil)
    }

    /// Returns a page of the matching jobs: of those `near` the end of the page before, or of all.
    private func jobs(_ query: JobQuery, near: JobQuery.Cursor?) throws(QueueError) -> JobQuery.Page {
        let text = try QueryText(query, on: session, cursor: true, near: near)
        if text.matchesNothing { return JobQuery.Page(jobs: [], next: nil) }
        // One more row shows whether there is a next page.
        let row = try session.statement(text.page(query.order, limit: query.limit + 1))
        defer { row.reset() }
        text.bind(to: row)
        var jobs: [JobRecord] = []
        while try row.step() {
            if jobs.count == query.limit, let last = jobs.last {
                let finishedAt = query.order == .lastFinishedFirst ? last.finishedAt : nil
                return JobQuery.Page(jobs: jobs, next: JobQuery.Cursor(id: last.id, finishedAt: finishedAt))
            }
            jobs.append(try session.readRecord(row, isJoined: true))
        }
        return JobQuery.Page(jobs: jobs, next: nil)
    }

    /// Returns a page of the ids of the jobs that match a query.
    func ids(_ query: JobQuery) throws(QueueError) -> JobQuery.IDPage {
        if let near = query.isFoundByState ? query.after : nil {
            let page = try ids(query, near: near)
            if page.next != nil { return page }
        }
        return try ids(query, near: nil)
    }

    private func ids(_ query: JobQuery, near: JobQuery.Cursor?) throws(QueueError) -> JobQuery.IDPage {
        let text = try QueryText(query, on: session, cursor: true, near: near)
        if text.matchesNothing { return JobQuery.IDPage(ids: [], next: nil) }
        let row = try session.statement(text.pageOfIDs(query.order, limit: query.limit + 1))
        defer { row.reset() }
        text.bind(to: row)
        var ids: [JobID] = []
        ids.reserveCapacity(min(query.limit, 1024))
        var end: Timestamp?
        while try row.step() {
            if ids.count == query.limit, let last = ids.last {
                return JobQuery.IDPage(ids: ids, next: JobQuery.Cursor(id: last, finishedAt: end))
            }
            ids.append(JobID(row.int64(0)))
            end = row.timestamp(1)
        }
        return JobQuery.IDPage(ids: ids, next: nil)
    }

    /// Returns the number of jobs that match a query.
    func count(_ query: JobQuery) throws(QueueError) -> Int {
        let text = try QueryText(query, on: session, cursor: false)
        if text.matchesNothing { return 0 }
        let row = try session.statement(text.count)
        defer { row.reset() }
        text.bind(to: row)
        return try row.step() ? Int(row.int64(0)) : 0
    }
}

extension JobQuery {
    /// Whether its jobs are found by the indexes of states, in which ids are not in order: each page scans all jobs of
    /// a state.
    ///
    /// Pages of a large backlog are therefore first searched for among the ids next to the page before, as steps of
    /// bulk operations are.
    fileprivate var isFoundByState: Bool {
        !states.isEmpty && !states.contains(.completed) && order != .lastFinishedFirst && tags.isEmpty && ids == nil
    }
}
