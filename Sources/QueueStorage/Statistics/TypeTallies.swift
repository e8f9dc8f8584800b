import QueueModel

/// What has become of the jobs of each type, as the writer's transactions see it (rule Q2).
///
/// A row is read once and kept, as lanes are, until another connection has written; a transaction writes those that it has changed, once
/// each.
struct TypeTallies {
    /// By their place; types in use are few, and most turns have one, so it is looked for in order.
    private var types: [Int64] = []
    private var tallies: [TypeTally] = []
    /// Places of those that differ from the table.
    private var changed: [Int] = []

    /// Whether some differ from the table.
    var hasChanged: Bool { !changed.isEmpty }

    /// The place of a type; `nil` if its row has not been read.
    func place(of type: Int64) -> Int? { types.firstIndex(of: type) }

    /// What was counted of the type in a place.
    subscript(place: Int) -> TypeTally { tallies[place] }

    /// Takes in a row, and returns its place.
    mutating func add(_ tally: TypeTally, of type: Int64) -> Int {
        types.append(type)
        tallies.append(tally)
        return types.count - 1
    }

    /// Counts something of the type in a place.
    mutating func change(at place: Int, _ change: (inout TypeTally) -> Void) {
        change(&tallies[place])
        if changed.last != place, !changed.contains(place) { changed.append(place) }
    }

    /// The rows to write; they count as written.
    mutating func takeChanged() -> [(type: Int64, tally: TypeTally)] {
        defer { changed.removeAll(keepingCapacity: true) }
        return changed.map { (types[$0], tallies[$0]) }
    }
}

extension StoreState {
    /// Counts something of a type, by its number.
    func count(_ type: Int64, at now: Timestamp, _ change: (inout TypeTally) -> Void) throws(QueueError) {
        if let place = tallies.place(of: type) { return tallies.change(at: place, change) }
        let tally = try loadTally(type)
        tallies.change(at: tallies.add(tally ?? TypeTally(since: now), of: type), change)
    }

    /// Counts the completions of jobs of a type that took as long and moved as much as this one.
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
        return try Session.tally(row, 0, of: type)
    }

    /// Writes down what a transaction has counted.
    func storeTallies() throws(QueueError) {
        for (type, tally) in tallies.takeChanged() {
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

    func resetStatistics(of type: JobType?) throws(QueueError) {
        // What the transaction has counted before is forgotten with the rest, and of other types it is not.
        try storeTallies()
        tallies = TypeTallies()
        guard let type else { return try session.run(.deleteTallies) }
        if let id = try session.typeID(type) { try session.run(.deleteTally, id) }
    }
}

extension Session {
    /// What has become of the jobs of a type, or of all.
    func statistics(of type: JobType?, at now: Timestamp) throws(QueueError) -> [TypeStatistics] {
        if let type {
            guard let id = try typeID(type) else { return [] }
            let row = try statement(.tally)
            defer { row.reset() }
            row.bind(id, at: 1)
            return try row.step() ? [try Self.tally(row, 0, of: id).statistics(of: type, at: now)] : []
        }
        var statistics: [TypeStatistics] = []
        let row = try statement(.tallies)
        defer { row.reset() }
        while try row.step() {
            let id = row.int64(0)
            statistics.append(try Self.tally(row, 1, of: id).statistics(of: self.type(id), at: now))
        }
        return statistics.sortedByType()
    }

    fileprivate static func tally(_ row: Statement, _ column: Int32, of type: Int64) throws(QueueError) -> TypeTally {
        guard let tally = TypeTally(bytes: row.bytes(column)) else {
            throw QueueError(.invalidRow, "the column tally of row \(type) of type_statistics can't be read")
        }
        return tally
    }
}

/// A look at the statistics by the writer, which in memory has what was counted at hand.
struct StatisticsOperation: WriteOperation {
    let type: JobType?
    let now: Timestamp

    func answer(from state: StoreState) throws(QueueError) -> Written<[TypeStatistics]>? {
        guard !state.isShared, let type, let id = state.session.names.id(of: type),
            let place = state.tallies.place(of: id)
        else { return nil }
        return .keep([state.tallies[place].statistics(of: type, at: now)])
    }

    func run(in state: StoreState) throws(QueueError) -> Written<[TypeStatistics]> {
        // Includes what the operations before it in the transaction have counted.
        try state.writeBack()
        return .keep(try state.session.statistics(of: type, at: now))
    }
}
