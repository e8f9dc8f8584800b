import QueueModel
import QueueStoreKit

extension MemoryState {
    func jobs(_ query: JobQuery) -> JobPage {
        var found = matches(query)
        switch query.order {
        case .newestFirst: found.sort { $0.id > $1.id }
        case .oldestFirst: found.sort { $0.id < $1.id }
        case .lastFinishedFirst: found.sort { Self.finish($0) > Self.finish($1) }
        }
        if let cursor = query.after {
            found.removeAll { !Self.isBehind(cursor, $0, in: query.order) }
        }
        guard found.count > query.limit, let last = found.prefix(query.limit).last else {
            return JobPage(jobs: found, next: nil)
        }
        let finishedAt = query.order == .lastFinishedFirst ? last.finishedAt : nil
        return JobPage(
            jobs: Array(found.prefix(query.limit)), next: JobQuery.Cursor(id: last.id, finishedAt: finishedAt))
    }

    /// The jobs that a query means, its page left aside, in no order.
    func matches(_ query: JobQuery) -> [JobRecord] {
        entries.values.lazy.map(\.record).filter { query.means($0) }
    }

    private static func finish(_ record: JobRecord) -> (Timestamp, JobID) {
        (record.finishedAt ?? .distantPast, record.id)
    }

    private static func isBehind(_ cursor: JobQuery.Cursor, _ record: JobRecord, in order: JobQuery.Order) -> Bool {
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
}
