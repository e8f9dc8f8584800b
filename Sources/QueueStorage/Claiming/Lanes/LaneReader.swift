import QueueModel
import QueueStoreKit

/// What a view asks the table of jobs.
struct LaneReader {
    let context: StoreContext
    /// Whether fronts of lanes may be read; what was taken from the board and is not written yet would come again, unless it is named.
    let mayRefill: Bool
    /// What was taken from the board, is not written, and would come again.
    var taken: Set<Int64> = []

    /// The first ids of a lane without those that are taken, and whether these are all there are.
    func front(of key: LaneKey) throws(QueueError) -> (ids: [Int64], areAll: Bool) {
        try Dependents(context).writeUnblocked()
        let row = try context.session.statement(.laneFront)
        row.bind(key.type, at: 1)
        row.bind(key.group, at: 2)
        row.bind(key.priority, at: 3)
        row.bind(Int64(key.io.rawValue), at: 4)
        var ids: [Int64] = []
        while try row.step() { ids.append(row.int64(0)) }
        // They ascend, so the last is the highest.
        if let last = ids.last, !StoredRow.ids.contains(last) { throw StoredRow.invalid("id", last) }
        let areAll = ids.count < Lane.capacity
        if !taken.isEmpty { ids.removeAll(where: taken.contains) }
        return (ids, areAll)
    }

    /// From when a job's waiting counts: its submission or its earliest start, and as much later as it was set aside.
    func waitsSince(_ id: Int64) throws(QueueError) -> Int64 {
        let row = try context.session.statement(.waitsSince)
        defer { row.reset() }
        row.bind(id, at: 1)
        guard try row.step() else { throw QueueError(.corrupt, "a ready job is not in its table", jobs: [JobID(id)]) }
        let start = max(row.int64(0), row.optionalInt64(1) ?? .min)
        guard JobFlags(rawValue: row.int64(2)).contains(.hasExtra) else { return start }
        let more = try context.session.statement(.pausedFor)
        defer { more.reset() }
        more.bind(id, at: 1)
        let (sum, overflow) = start.addingReportingOverflow(try more.step() ? more.int64(0) : 0)
        return overflow ? .max : sum
    }
}
