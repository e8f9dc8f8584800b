import QueueModel
import QueueStoreKit

extension Session {
    /// A page of the jobs that a query means.
    func jobs(_ query: JobQuery) throws(QueueError) -> JobPage {
        if let near = query.isFoundByState ? query.after : nil {
            let page = try jobs(query, near: near)
            if page.next != nil { return page }
        }
        return try jobs(query, near: nil)
    }

    /// A page of the jobs that a query means: of those that are `near` the end of the page before, or of all.
    private func jobs(_ query: JobQuery, near: JobQuery.Cursor?) throws(QueueError) -> JobPage {
        let text = try QueryText(query, on: self, cursor: true, near: near)
        if text.meansNothing { return JobPage(jobs: [], next: nil) }
        // One more tells whether there is a next page.
        let row = try statement(text.page(query.order, limit: query.limit + 1))
        defer { row.reset() }
        text.bind(to: row)
        var jobs: [JobRecord] = []
        while try row.step() {
            if jobs.count == query.limit, let last = jobs.last {
                let finishedAt = query.order == .lastFinishedFirst ? last.finishedAt : nil
                return JobPage(jobs: jobs, next: JobQuery.Cursor(id: last.id, finishedAt: finishedAt))
            }
            jobs.append(try readRecord(row, isJoined: true))
        }
        return JobPage(jobs: jobs, next: nil)
    }

    /// A page of the ids of the jobs that a query means.
    func ids(_ query: JobQuery) throws(QueueError) -> JobIDPage {
        if let near = query.isFoundByState ? query.after : nil {
            let page = try ids(query, near: near)
            if page.next != nil { return page }
        }
        return try ids(query, near: nil)
    }

    private func ids(_ query: JobQuery, near: JobQuery.Cursor?) throws(QueueError) -> JobIDPage {
        let text = try QueryText(query, on: self, cursor: true, near: near)
        if text.meansNothing { return JobIDPage(ids: [], next: nil) }
        let row = try statement(text.pageOfIDs(query.order, limit: query.limit + 1))
        defer { row.reset() }
        text.bind(to: row)
        var ids: [JobID] = []
        ids.reserveCapacity(min(query.limit, 1024))
        var end: Timestamp?
        while try row.step() {
            if ids.count == query.limit, let last = ids.last {
                return JobIDPage(ids: ids, next: JobQuery.Cursor(id: last, finishedAt: end))
            }
            ids.append(JobID(row.int64(0)))
            end = row.timestamp(1)
        }
        return JobIDPage(ids: ids, next: nil)
    }

    func count(_ query: JobQuery) throws(QueueError) -> Int {
        let text = try QueryText(query, on: self, cursor: false)
        if text.meansNothing { return 0 }
        let row = try statement(text.count)
        defer { row.reset() }
        text.bind(to: row)
        return try row.step() ? Int(row.int64(0)) : 0
    }

    /// The number of jobs in each state, from the indexes alone.
    func counts() throws(QueueError) -> StateCounts {
        var counts = StateCounts()
        let ended = try statement(.endedCounts)
        while try ended.step() { counts[try state(ended.int64(0))] = Int(ended.int64(1)) }
        let ready = try statement(.readyCounts)
        while try ready.step() { counts[.pending] += Int(ready.int64(1)) }
        counts[.running] = try running().count
        let others = try statement(.otherActiveStates)
        while try others.step() { counts[try state(others.int64(0))] += Int(others.int64(1)) }
        return counts
    }

    func state(_ number: Int64) throws(QueueError) -> JobState {
        guard let state = StoredState(rawValue: number) else {
            throw QueueError(.invalidRow, "the column state of a row of job can't be read")
        }
        return state.jobState
    }

    /// The types of active jobs with their numbers, some types left out.
    ///
    /// Of the ready jobs of those nothing is looked at but that they are there, however many they are.
    func activeTypes(besides known: Set<JobType>) throws(QueueError) -> [JobType: Int] {
        var types: [JobType: Int] = [:]
        func add(_ id: Int64, _ number: Int) throws(QueueError) {
            let type = try type(id)
            if !known.contains(type) { types[type, default: 0] += number }
        }
        let next = try statement(.nextReadyType)
        var last: Int64 = 0
        while true {
            next.bind(last, at: 1)
            guard try next.step() else { break }
            guard next.int64(0) > last else {
                next.reset()
                throw QueueError(.invalidRow, "the column type of a row of job can't be read")
            }
            last = next.int64(0)
            next.reset()
            if known.contains(try type(last)) { continue }
            let count = try statement(.readyOfType)
            defer { count.reset() }
            count.bind(last, at: 1)
            if try count.step() { try add(last, Int(count.int64(0))) }
        }
        for job in try running() {
            let row = try statement(.head)
            defer { row.reset() }
            row.bind(job.id, at: 1)
            if try row.step() { try add(row.int64(0), 1) }
        }
        let others = try statement(.otherActiveTypes)
        while try others.step() { try add(others.int64(0), 1) }
        return types
    }

    /// All attempts at a job.
    ///
    /// The running one, and the one that completed it, have no row of their own.
    func attempts(of id: Int64) throws(QueueError) -> [AttemptRecord] {
        var attempts: [AttemptRecord] = []
        let row = try statement(.attemptsOf)
        row.bind(id, at: 1)
        while try row.step() {
            attempts.append(
                AttemptRecord(
                    number: Int(row.int64(0)), worker: WorkerID(rawValue: row.int64(1)),
                    startedAt: row.timestamp(2), endedAt: row.timestamp(3),
                    failure: try Self.failure(row, kind: 4, message: 5, "attempt", id)))
        }
        let job = try statement(.attemptOf)
        defer { job.reset() }
        job.bind(id, at: 1)
        guard try job.step(), job.int64(0) > 0, Int(job.int64(0)) != attempts.last?.number else { return attempts }
        attempts.append(
            AttemptRecord(
                number: Int(job.int64(0)), worker: WorkerID(rawValue: job.int64(1)), startedAt: job.timestamp(2),
                endedAt: job.isNull(4) ? job.timestamp(3) : nil, failure: nil))
        return attempts
    }

    /// The jobs that run, as their workers' rows have them.
    func running() throws(QueueError) -> [(id: Int64, worker: Int64)] {
        var jobs: [(Int64, Int64)] = []
        let row = try statement(.runningOfWorkers)
        while try row.step() {
            let worker = row.int64(0)
            guard let ids = StoredText.ids(in: row.bytes(1)) else {
                throw Self.invalid("running", worker, table: "worker")
            }
            for id in ids { jobs.append((id, worker)) }
        }
        return jobs
    }
}

extension JobQuery {
    /// Whether it is the indexes of states that lead to its jobs, which don't have ids in order: each page goes through all of theirs.
    ///
    /// Pages of a large backlog are therefore looked for first among the ids next to the page before, as steps of bulk operations are.
    fileprivate var isFoundByState: Bool {
        !states.isEmpty && !states.contains(.completed) && order != .lastFinishedFirst && tags.isEmpty && ids == nil
    }
}
