import QueueModel
import QueueStoreKit

/// Reads what views of the lanes need from the table of jobs.
struct LaneReader {
    let context: StoreContext
    /// Whether the fronts of lanes may be read.
    ///
    /// Jobs that were taken from the index of lanes and are not written yet would be read again, unless they are in
    /// ``taken``.
    let mayRefill: Bool
    /// Jobs that were taken from the index of lanes and are not written yet.
    var taken: Set<Int64> = []

    /// Returns the first ids of a lane without those in ``taken``, and whether there are no others.
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

    /// Returns when a job's waiting began, in milliseconds: its submission or earliest start, plus the time it was
    /// preempted.
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
