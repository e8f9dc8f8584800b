import QueueModel

/// Counts jobs by state and by type, from the indexes alone.
struct JobCounts {
    let session: Session

    init(_ session: Session) { self.session = session }

    /// Returns the number of jobs in each state.
    func counts() throws(QueueError) -> StateCounts {
        var counts = StateCounts()
        let ended = try session.statement(.endedCounts)
        while try ended.step() { counts[try StoredRow.state(ended.int64(0)).jobState] = Int(ended.int64(1)) }
        let ready = try session.statement(.readyCounts)
        while try ready.step() { counts[.pending] += Int(ready.int64(1)) }
        counts[.running] = try session.running().count
        let others = try session.statement(.otherActiveStates)
        while try others.step() { counts[try StoredRow.state(others.int64(0)).jobState] += Int(others.int64(1)) }
        return counts
    }

    /// Returns the types of active jobs with the number of each, except for known types.
    ///
    /// Ready jobs of known types cost one look-up per type, however many they are.
    func activeTypes(besides known: Set<JobType>) throws(QueueError) -> [JobType: Int] {
        var types: [JobType: Int] = [:]
        func add(_ id: Int64, _ number: Int) throws(QueueError) {
            let type = try session.type(id)
            if !known.contains(type) { types[type, default: 0] += number }
        }
        let next = try session.statement(.nextReadyType)
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
            if known.contains(try session.type(last)) { continue }
            let count = try session.statement(.readyOfType)
            defer { count.reset() }
            count.bind(last, at: 1)
            if try count.step() { try add(last, Int(count.int64(0))) }
        }
        for job in try session.running() {
            let row = try session.statement(.head)
            defer { row.reset() }
            row.bind(job.id, at: 1)
            if try row.step() { try add(row.int64(0), 1) }
        }
        let others = try session.statement(.otherActiveTypes)
        while try others.step() { try add(others.int64(0), 1) }
        return types
    }
}
