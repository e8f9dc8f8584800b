import QueueModel
import QueueStoreKit

/// Reads the stored statistics.
struct StatisticsReader {
    let session: Session

    init(_ session: Session) { self.session = session }

    /// Returns the statistics of a type, or of all types.
    func statistics(of type: JobType?, at now: Timestamp) throws(QueueError) -> [TypeStatistics] {
        if let type {
            guard let id = try session.typeID(type) else { return [] }
            let row = try session.statement(.tally)
            defer { row.reset() }
            row.bind(id, at: 1)
            return try row.step() ? [try Self.tally(row, 0, of: id).statistics(of: type, at: now)] : []
        }
        var statistics: [TypeStatistics] = []
        let row = try session.statement(.tallies)
        defer { row.reset() }
        while try row.step() {
            let id = row.int64(0)
            statistics.append(try Self.tally(row, 1, of: id).statistics(of: session.type(id), at: now))
        }
        return statistics.sortedByType()
    }

    static func tally(_ row: Statement, _ column: Int32, of type: Int64) throws(QueueError) -> TypeTally {
        guard let tally = TypeTally(bytes: row.bytes(column)) else {
            throw QueueError(.invalidRow, "the column tally of row \(type) of type_statistics can't be read")
        }
        return tally
    }
}
