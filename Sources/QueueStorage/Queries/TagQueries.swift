import QueueModel
import QueueStoreKit

/// Lists tag keys and values with the number of jobs that have each.
struct TagQueries {
    let session: Session

    init(_ session: Session) { self.session = session }

    /// Returns tag keys or the values of one, with the number of jobs that have each.
    func tags(_ query: TagQuery, limit: Int) throws(QueueError) -> [Tag.Count] {
        switch query {
        case .values(let key, let value): try values(of: key, after: value, limit: limit)
        case .keys(let prefix, let key): try keys(prefix: prefix, after: key, limit: limit)
        }
    }

    /// Returns the values of a tag key with the number of jobs that have each.
    private func values(of key: String, after value: String?, limit: Int) throws(QueueError) -> [Tag.Count] {
        let row = try session.statement(value == nil ? .tagValues : .tagValuesAfter)
        row.bind(key, at: 1)
        row.bind(Int64(limit), at: 2)
        if let value { row.bind(value, at: 3) }
        return try counts(row)
    }

    /// Returns the tag keys that begin with a prefix, with the number of jobs that have each.
    private func keys(prefix: String, after key: String?, limit: Int) throws(QueueError) -> [Tag.Count] {
        let range = PrefixRange(prefix)
        let row = try session.statement(range.upper == nil ? .tagKeysToTheEnd : .tagKeys)
        row.bind(range.lower, at: 1)
        row.bind(Int64(limit), at: 2)
        // The empty string is no key, so all keys are above it.
        row.bind(key ?? "", at: 3)
        if let upper = range.upper { row.bind(upper, at: 4) }
        return try counts(row)
    }

    private func counts(_ row: Statement) throws(QueueError) -> [Tag.Count] {
        var counts: [Tag.Count] = []
        while try row.step() { counts.append(Tag.Count(row.text(0), count: Int(row.int64(1)))) }
        return counts
    }
}
