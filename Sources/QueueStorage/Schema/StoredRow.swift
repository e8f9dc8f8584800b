import QueueModel

/// Reads values of stored rows, and rejects those that no queue has written.
enum StoredRow {
    /// Returns the failure in two columns of a row, or `nil` if they are NULL.
    static func failure(
        _ row: Statement, kind: Int32, message: Int32, _ table: String, _ id: Int64
    ) throws(QueueError) -> JobFailure? {
        guard let number = row.optionalInt64(kind) else { return nil }
        guard let kind = UInt8(exactly: number).flatMap(JobFailure.Kind.init(rawValue:)) else {
            throw invalid("failure_kind", id, table: table)
        }
        return JobFailure(kind, row.text(message))
    }

    /// The range of job ids: higher ones have no place in the order of claims.
    static let ids = 1..<Int64(1) << 55

    /// The range of stored counts: no queue counts that far, and additions to such a number can't overflow.
    static let counts = 0...Int64(1) << 48

    /// Returns a stored count, which has to be in ``counts``.
    static func count(_ value: Int64, _ column: String, _ id: Int64, table: String = "job") throws(QueueError) -> Int {
        guard counts.contains(value), let count = Int(exactly: value) else {
            throw invalid(column, id, table: table)
        }
        return count
    }

    /// Returns the lane of a job from four columns of its row.
    ///
    /// Values that are no lane are rejected: they would be searched for without end.
    static func lane(_ row: Statement, from first: Int32, of id: Int64) throws(QueueError) -> LaneKey {
        let (type, group, priority, io) = (
            row.int64(first), row.int64(first + 1), row.int64(first + 2), row.int64(first + 3)
        )
        guard ids.contains(id) else { throw invalid("id", id) }
        guard type > 0 else { throw invalid("type", id) }
        guard group >= 0 else { throw invalid("grp", id) }
        guard 0...255 ~= priority else { throw invalid("priority", id) }
        guard 0...Int64(UInt32.max) ~= io else { throw invalid("io_size", id) }
        return LaneKey(type: type, group: group, priority: priority, io: io)
    }

    /// Returns the error for a column that can't be read.
    static func invalid(_ column: String, _ id: Int64, table: String = "job") -> QueueError {
        QueueError(
            .invalidRow, "the column \(column) of row \(id) of \(table) can't be read", jobs: [JobID(id)])
    }

    /// Returns the state with a number, where the job's id is not known.
    static func state(_ number: Int64) throws(QueueError) -> StoredState {
        guard let state = StoredState(rawValue: number) else {
            throw QueueError(.invalidRow, "the column state of a row of job can't be read")
        }
        return state
    }
}
