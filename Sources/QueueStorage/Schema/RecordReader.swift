import QueueBackoff
import QueueModel

extension Session {
    /// The record of the row that a statement with ``SQL/recordColumns`` stands on, and behind them ``SQL/moreColumns`` if it
    /// `isJoined`.
    func readRecord(_ row: Statement, isJoined: Bool = false) throws(QueueError) -> JobRecord {
        let id = row.int64(0)
        guard let state = StoredState(rawValue: row.int64(4)) else { throw Self.invalid("state", id) }
        guard let priority = UInt8(exactly: row.int64(3)) else { throw Self.invalid("priority", id) }
        let flags = JobFlags(rawValue: row.int64(5))
        var record = JobRecord(
            id: JobID(id), type: try type(row.int64(1)), state: state.jobState, priority: Priority(rawValue: priority),
            payload: flags.contains(.hasLargePayload) ? try largePayload(id) : row.bytes(16),
            submittedAt: Timestamp(milliseconds: row.int64(8)))
        let group = row.int64(2)
        if group != 0 { record.group = try self.group(group) }
        let attempt = row.int64(6)
        if attempt != 0 {
            record.attempt = try Self.count(attempt, "attempt", id)
            record.retries = try Self.count(row.int64(7), "retries", id)
            record.worker = WorkerID(rawValue: row.int64(9))
            record.startedAt = Timestamp(milliseconds: row.int64(10))
        }
        if state.isTerminal { record.finishedAt = Timestamp(milliseconds: row.int64(11)) }
        record.runAfter = row.timestamp(12)
        record.expiresAt = row.timestamp(13)
        record.key = row.key(14)
        guard let version = Int(exactly: row.int64(15)), SubmissionLimits.payloadVersions.contains(version) else {
            throw Self.invalid("payload_version", id)
        }
        record.payloadVersion = version
        record.failFast = !flags.contains(.toleratesChildFailure)
        // That nothing was moved is not written down.
        if state == .completed || flags.contains(.hasReported) { record.io = .zero }
        if flags.contains(.hasExtra) {
            if isJoined { try readMore(into: &record, row, from: 17) } else { try readMore(into: &record, id) }
        }
        return record
    }

    private func largePayload(_ id: Int64) throws(QueueError) -> [UInt8] {
        let row = try statement(.payload)
        defer { row.reset() }
        row.bind(id, at: 1)
        guard try row.step() else { throw Self.invalid("payload", id) }
        return row.bytes(0)
    }

    /// Reads what few jobs have.
    private func readMore(into record: inout JobRecord, _ id: Int64) throws(QueueError) {
        let row = try statement(.more)
        defer { row.reset() }
        row.bind(id, at: 1)
        guard try row.step() else { throw Self.invalid("flags", id) }
        try readMore(into: &record, row, from: 0)
    }

    private func readMore(
        into record: inout JobRecord, _ row: Statement, from first: Int32
    ) throws(QueueError) {
        let id = record.id.rawValue
        // A job without a row there reads NULL in all, which only a damaged file has.
        if row.isNull(first + 1) { throw Self.invalid("flags", id) }
        record.parent = row.optionalInt64(first).map { JobID($0) }
        guard let phase = UInt8(exactly: row.int64(first + 1)).flatMap(JobPhase.init(rawValue:)) else {
            throw Self.invalid("phase", id, table: "job_extra")
        }
        record.phase = phase
        record.crashes = try Self.count(row.int64(first + 2), "crashes", id, table: "job_extra")
        record.cancelRequestedAt = row.timestamp(first + 3)
        record.label = row.optionalText(first + 4)
        if !row.isNull(first + 5) {
            guard let tags = row.withText(first + 5, StoredText.tags) else {
                throw Self.invalid("tags", id, table: "job_extra")
            }
            record.tags = tags
        }
        if let text = row.optionalText(first + 6) {
            guard let retry = RetryPolicy(text) else { throw Self.invalid("retry", id, table: "job_extra") }
            record.retry = retry
        }
        record.retryDelay = row.optionalInt64(first + 7).map { .milliseconds($0) }
        record.timeout = row.optionalInt64(first + 8).map { .nanoseconds($0) }
        record.expectedIO = try io(row, first + 9, "expected_io", id)
        if let io = try io(row, first + 10, "io", id) { record.io = io }
        record.failure = try Self.failure(row, kind: first + 11, message: first + 12, "job_extra", id)
        record.output = row.optionalBytes(first + 13)
        record.checkpoint = row.optionalBytes(first + 14)
        record.origin = row.optionalInt64(first + 15).map { JobID($0) }
        if let name = row.optionalText(first + 16) {
            record.occurrence = ScheduledOccurrence(
                schedule: ScheduleID(name), due: Timestamp(milliseconds: row.int64(first + 17)))
        }
    }

    /// The record of a job.
    func record(_ id: Int64) throws(QueueError) -> JobRecord? {
        let row = try statement(.record)
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step() ? try readRecord(row) : nil
    }

    private func io(_ row: Statement, _ column: Int32, _ name: String, _ id: Int64) throws(QueueError) -> IOAmount? {
        guard let text = row.optionalText(column) else { return nil }
        guard let io = StoredText.io(in: text) else { throw Self.invalid(name, id, table: "job_extra") }
        return io
    }

    /// The failure in two columns of a row; `nil` where they are NULL.
    static func failure(
        _ row: Statement, kind: Int32, message: Int32, _ table: String, _ id: Int64
    ) throws(QueueError) -> JobFailure? {
        guard let number = row.optionalInt64(kind) else { return nil }
        guard let kind = UInt8(exactly: number).flatMap(JobFailure.Kind.init(rawValue:)) else {
            throw invalid("failure_kind", id, table: table)
        }
        return JobFailure(kind, row.text(message))
    }

    /// The numbers that jobs can have: above them there is no place in the order of claims.
    static let ids = 1..<Int64(1) << 55

    /// What a row can have counted: no queue comes to count that far, and what is added to such a number does not overflow.
    static let counts = 0...Int64(1) << 48

    /// A number of a row that counts something.
    static func count(_ value: Int64, _ column: String, _ id: Int64, table: String = "job") throws(QueueError) -> Int {
        guard counts.contains(value), let count = Int(exactly: value) else {
            throw invalid(column, id, table: table)
        }
        return count
    }

    /// The lane of a job, from four columns of its row; what is no lane would be looked for for ever.
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

    static func invalid(_ column: String, _ id: Int64, table: String = "job") -> QueueError {
        QueueError(
            .invalidRow, "the column \(column) of row \(id) of \(table) can't be read", jobs: [JobID(id)])
    }
}

extension Statement {
    /// A column as an instant; `nil` where it is NULL.
    func timestamp(_ column: Int32) -> Timestamp? {
        optionalInt64(column).map { Timestamp(milliseconds: $0) }
    }

    /// A column as a unique key; `nil` where it is NULL.
    func key(_ column: Int32) -> UniqueKey? {
        if isNull(column) { return nil }
        return isText(column) ? .text(text(column)) : .payload(bytes(column))
    }

    func bind(_ key: UniqueKey?, at index: Int32) {
        switch key {
        case nil: bind(Int64?.none, at: index)
        case .text(let text): bind(text, at: index)
        case .payload(let bytes): bind(bytes, at: index)
        }
    }

    func bind(_ key: UniqueKey?, at parameter: Parameter, offset: Int32 = 0) {
        switch key {
        case nil: bind(Int64?.none, at: parameter, offset: offset)
        case .text(let string): bind(string, at: parameter, offset: offset)
        case .payload(let bytes): bind(bytes, at: parameter, offset: offset)
        }
    }

    /// Binds the kind and the message of a failure.
    func bind(_ failure: JobFailure?) {
        bind(failure.map { Int64($0.kind.rawValue) }, at: .failureKind)
        bind(failure?.message, at: .failure)
    }
}
