import QueueBackoff
import QueueModel

extension Session {
    /// Returns the record in the current row of a statement with ``SQL/recordColumns``, followed by
    /// ``SQL/extraColumns`` if it `isJoined`.
    func readRecord(_ row: Statement, isJoined: Bool = false) throws(QueueError) -> JobRecord {
        let id = row.int64(0)
        guard let state = StoredState(rawValue: row.int64(4)) else { throw StoredRow.invalid("state", id) }
        guard let priority = UInt8(exactly: row.int64(3)) else { throw StoredRow.invalid("priority", id) }
        let flags = JobFlags(rawValue: row.int64(5))
        var record = JobRecord(
            id: JobID(id), type: try type(row.int64(1)), state: state.jobState, priority: Priority(rawValue: priority),
            payload: flags.contains(.hasLargePayload) ? try largePayload(id) : row.bytes(16),
            submittedAt: Timestamp(milliseconds: row.int64(8)))
        let group = row.int64(2)
        if group != 0 { record.group = try self.group(group) }
        let attempt = row.int64(6)
        if attempt != 0 {
            record.attempt = try StoredRow.count(attempt, "attempt", id)
            record.retries = try StoredRow.count(row.int64(7), "retries", id)
            record.worker = WorkerID(rawValue: row.int64(9))
            record.startedAt = Timestamp(milliseconds: row.int64(10))
        }
        if state.isTerminal { record.finishedAt = Timestamp(milliseconds: row.int64(11)) }
        record.runAfter = row.timestamp(12)
        record.expiresAt = row.timestamp(13)
        record.key = row.key(14)
        guard let version = Int(exactly: row.int64(15)), JobSubmission.Limits.payloadVersions.contains(version) else {
            throw StoredRow.invalid("payload_version", id)
        }
        record.payloadVersion = version
        record.failFast = !flags.contains(.toleratesChildFailure)
        // An IO of zero is not stored.
        if state == .completed || flags.contains(.hasReported) { record.io = .zero }
        if flags.contains(.hasExtra) {
            if isJoined { try readExtra(into: &record, row, from: 17) } else { try readExtra(into: &record, id) }
        }
        return record
    }

    private func largePayload(_ id: Int64) throws(QueueError) -> [UInt8] {
        let row = try statement(.payload)
        defer { row.reset() }
        row.bind(id, at: 1)
        guard try row.step() else { throw StoredRow.invalid("payload", id) }
        return row.bytes(0)
    }

    /// Reads the columns that few jobs need.
    private func readExtra(into record: inout JobRecord, _ id: Int64) throws(QueueError) {
        let row = try statement(.extra)
        defer { row.reset() }
        row.bind(id, at: 1)
        guard try row.step() else { throw StoredRow.invalid("flags", id) }
        try readExtra(into: &record, row, from: 0)
    }

    private func readExtra(
        into record: inout JobRecord, _ row: Statement, from first: Int32
    ) throws(QueueError) {
        let id = record.id.rawValue
        // All columns are NULL if the joined row is missing, which happens only in a damaged file.
        if row.isNull(first + 1) { throw StoredRow.invalid("flags", id) }
        record.parent = row.optionalInt64(first).map { JobID($0) }
        guard let phase = UInt8(exactly: row.int64(first + 1)).flatMap(JobRecord.Phase.init(rawValue:)) else {
            throw StoredRow.invalid("phase", id, table: "job_extra")
        }
        record.phase = phase
        record.crashes = try StoredRow.count(row.int64(first + 2), "crashes", id, table: "job_extra")
        record.cancelRequestedAt = row.timestamp(first + 3)
        record.label = row.optionalText(first + 4)
        if !row.isNull(first + 5) {
            guard let tags = row.withText(first + 5, StoredText.tags) else {
                throw StoredRow.invalid("tags", id, table: "job_extra")
            }
            record.tags = tags
        }
        if let text = row.optionalText(first + 6) {
            guard let retry = RetryPolicy(text) else { throw StoredRow.invalid("retry", id, table: "job_extra") }
            record.retry = retry
        }
        record.retryDelay = row.optionalInt64(first + 7).map { .milliseconds($0) }
        record.timeout = row.optionalInt64(first + 8).map { .nanoseconds($0) }
        record.expectedIO = try io(row, first + 9, "expected_io", id)
        if let io = try io(row, first + 10, "io", id) { record.io = io }
        record.failure = try StoredRow.failure(row, kind: first + 11, message: first + 12, "job_extra", id)
        record.output = row.optionalBytes(first + 13)
        record.checkpoint = row.optionalBytes(first + 14)
        record.origin = row.optionalInt64(first + 15).map { JobID($0) }
        if let name = row.optionalText(first + 16) {
            record.occurrence = ScheduleRecord.Occurrence(
                schedule: ScheduleID(name), due: Timestamp(milliseconds: row.int64(first + 17)))
        }
    }

    /// Returns the record of a job, or `nil` if there is no such job.
    func record(_ id: Int64) throws(QueueError) -> JobRecord? {
        let row = try statement(.record)
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step() ? try readRecord(row) : nil
    }

    private func io(_ row: Statement, _ column: Int32, _ name: String, _ id: Int64) throws(QueueError) -> IOAmount? {
        guard let text = row.optionalText(column) else { return nil }
        guard let io = StoredText.io(in: text) else { throw StoredRow.invalid(name, id, table: "job_extra") }
        return io
    }
}
