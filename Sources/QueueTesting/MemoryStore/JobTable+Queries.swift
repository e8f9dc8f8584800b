import QueueModel
import QueueStoreKit

extension JobTable {
    /// Returns a page of the jobs that match a query.
    func page(of query: JobQuery) -> JobQuery.Page {
        var found = matches(query)
        switch query.order {
        case .newestFirst: found.sort { $0.id > $1.id }
        case .oldestFirst: found.sort { $0.id < $1.id }
        case .lastFinishedFirst: found.sort { Self.finish($0) > Self.finish($1) }
        }
        if let cursor = query.after {
            found.removeAll { !Self.isAfter(cursor, $0, in: query.order) }
        }
        guard found.count > query.limit, let last = found.prefix(query.limit).last else {
            return JobQuery.Page(jobs: found, next: nil)
        }
        let finishedAt = query.order == .lastFinishedFirst ? last.finishedAt : nil
        return JobQuery.Page(
            jobs: Array(found.prefix(query.limit)), next: JobQuery.Cursor(id: last.id, finishedAt: finishedAt))
    }

    /// Returns all jobs that match a query, without its limit and in no order.
    func matches(_ query: JobQuery) -> [JobRecord] {
        entries.values.lazy.map(\.record).filter { query.matches($0) }
    }

    private static func finish(_ record: JobRecord) -> (Timestamp, JobID) {
        (record.finishedAt ?? .distantPast, record.id)
    }

    private static func isAfter(_ cursor: JobQuery.Cursor, _ record: JobRecord, in order: JobQuery.Order) -> Bool {
        switch order {
        case .newestFirst: record.id < cursor.id
        case .oldestFirst: record.id > cursor.id
        case .lastFinishedFirst: finish(record) < (cursor.finishedAt ?? .distantFuture, cursor.id)
        }
    }

    func counts() -> StateCounts {
        entries.values.reduce(into: StateCounts()) { $0[$1.record.state] += 1 }
    }

    func activeTypes(besides known: Set<JobType>) -> [JobType: Int] {
        entries.values.reduce(into: [:]) { counts, entry in
            if !entry.record.state.isTerminal, !known.contains(entry.record.type) {
                counts[entry.record.type, default: 0] += 1
            }
        }
    }

    // MARK: Tags

    /// Returns the values of a tag key with the number of jobs that have each.
    func tagValues(of key: String, after value: String?, limit: Int) -> [Tag.Count] {
        counts(after: value, limit: limit) { $0.key == key ? $0.value : nil }
    }

    /// Returns the tag keys that begin with a prefix, with the number of jobs that have each.
    func tagKeys(prefix: String, after key: String?, limit: Int) -> [Tag.Count] {
        let range = PrefixRange(prefix)
        return counts(after: key, limit: limit) { range.contains($0.key) ? $0.key : nil }
    }

    private func counts(after: String?, limit: Int, _ string: (Tag) -> String?) -> [Tag.Count] {
        var counts: [String: Int] = [:]
        for entry in entries.values {
            for string in entry.record.tags.compactMap(string) { counts[string, default: 0] += 1 }
        }
        return counts.filter { counted in after.map { $0.utf8.lexicographicallyPrecedes(counted.key.utf8) } ?? true }
            .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .prefix(limit).map { Tag.Count($0.key, count: $0.value) }
    }
}
