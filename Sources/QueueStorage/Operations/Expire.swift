import QueueModel

extension StoreState {
    /// Ends jobs that have expired and do not run, the first to expire first (rule Q7).
    func expire(limit: Int, at now: Timestamp) throws(QueueError) -> ExpirySweep {
        let row = try session.statement(.expired)
        row.bind(now.milliseconds, at: 1)
        row.bind(Int64(limit), at: 2)
        var ids: [Int64] = []
        while try row.step() { ids.append(row.int64(0)) }
        for id in ids {
            // A child may have ended with its parent.
            guard let head = try head(id), !head.state.isTerminal, !head.isRunning else { continue }
            try note(head, .expired, age: age(of: id, at: now))
            try settle([.end(id, as: .expired, nil, cause: nil)], at: now)
        }
        return ExpirySweep(changes: changes, isPartial: ids.count == limit)
    }

    /// How long ago a job was submitted.
    func age(of id: Int64, at now: Timestamp) throws(QueueError) -> Duration? {
        let row = try session.statement(.waitsSince)
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step() ? now.since(Timestamp(milliseconds: row.int64(0))) : nil
    }
}
