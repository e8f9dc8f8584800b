import QueueModel
import QueueStoreKit

/// The statistics of each type, counted in the transaction that changes its jobs.
struct Statistics: StoreComponent {
    let context: StoreContext

    /// Changes the tally of the type with an id.
    func count(_ type: Int64, at now: Timestamp, _ change: (inout TypeTally) -> Void) throws(QueueError) {
        if let index = context.tallies.index(of: type) { return context.tallies.change(at: index, change) }
        let tally = try loadTally(type)
        context.tallies.change(at: context.tallies.add(tally ?? TypeTally(since: now), of: type), change)
    }

    /// Counts completions of jobs of a type that have the same times and IO as this one.
    func count(_ completion: Completion, times: Int = 1, of type: Int64, at now: Timestamp) throws(QueueError) {
        try count(type, at: now) {
            $0.ended(as: .completed, count: times, at: now)
            $0.ran(from: completion.startedAt, to: completion.endedAt, io: completion.io, count: times)
        }
    }

    private func loadTally(_ type: Int64) throws(QueueError) -> TypeTally? {
        let row = try session.statement(.tally)
        defer { row.reset() }
        row.bind(type, at: 1)
        guard try row.step() else { return nil }
        return try StatisticsReader.tally(row, 0, of: type)
    }

    /// Writes the tallies that the transaction has changed.
    func store() throws(QueueError) {
        for (type, tally) in context.tallies.takeChanged() {
            let bytes = tally.bytes
            try write(bytes, of: type, .setTally)
            if session.connection.changes == 0 { try write(bytes, of: type, .insertTally) }
        }
    }

    private func write(_ bytes: [UInt8], of type: Int64, _ sql: SQL) throws(QueueError) {
        let row = try session.statement(sql)
        row.bind(type, at: 1)
        try row.withBound(bytes, at: 2) { () throws(QueueError) in try row.run() }
    }

    func reset(of type: JobType?) throws(QueueError) {
        // Counts from earlier in the transaction are reset with the rest, and kept for other types.
        try store()
        context.tallies = TypeTallies()
        guard let type else { return try session.run(.deleteTallies) }
        if let id = try session.typeID(type) { try session.run(.deleteTally, id) }
    }
}

/// A read of the statistics by the writer, which in memory has the tallies at hand.
struct StatisticsOperation: WriteOperation {
    let type: JobType?
    let now: Timestamp

    func answer(from context: StoreContext) throws(QueueError) -> Written<[TypeStatistics]>? {
        guard !context.isShared, let type, let id = context.session.names.id(of: type),
            let index = context.tallies.index(of: id)
        else { return nil }
        return .keep([context.tallies[index].statistics(of: type, at: now)])
    }

    func run(in context: StoreContext) throws(QueueError) -> Written<[TypeStatistics]> {
        // Includes what the operations before it in the transaction have counted.
        try WriteTransaction(context).writeBack()
        return .keep(try StatisticsReader(context.session).statistics(of: type, at: now))
    }
}
