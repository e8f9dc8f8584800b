import QueueBackoff
import QueueModel

extension Session {
    /// The record of the row that a statement with ``SQL/recordColumns`` stands on.
    func readRecord(_ row: Statement) throws(QueueError) -> JobRecord {
        let id = row.int64(0)
        guard let state = StoredState(rawValue: row.int64(4)) else { throw Self.invalid("state", id) }
        guard let priority = UInt8(exactly: row.int64(3)) else { throw Self.invalid("priority", id) }
        var record = JobRecord(
            id: JobID(id), type: try type(row.int64(1)), state: state.jobState, priority: Priority(rawValue: priority),
            payload: row.bytes(31), submittedAt: Timestamp(milliseconds: row.int64(8)))
        let group = row.int64(2)
        if group != 0 { record.group = try self.group(group) }
        record.attempt = Int(row.int64(6))
        record.retries = Int(row.int64(7))
        if record.attempt > 0 {
            record.worker = WorkerID(rawValue: row.int64(9))
            record.startedAt = Timestamp(milliseconds: row.int64(10))
        }
        if state.isTerminal { record.finishedAt = Timestamp(milliseconds: row.int64(11)) }
        record.runAfter = row.timestamp(12)
        record.expiresAt = row.timestamp(13)
        record.key = row.key(14)
        record.label = row.optionalText(15)
        if let text = row.optionalText(16) {
            guard let tags = StoredText.tags(in: text) else { throw Self.invalid("tags", id) }
            record.tags = tags
        }
        record.parent = row.optionalInt64(17).map { JobID($0) }
        guard let phase = UInt8(exactly: row.int64(18)).flatMap(JobPhase.init(rawValue:)) else {
            throw Self.invalid("phase", id)
        }
        record.phase = phase
        record.crashes = Int(row.int64(19))
        record.cancelRequestedAt = row.timestamp(20)
        record.failFast = !JobFlags(rawValue: row.int64(5)).contains(.toleratesChildFailure)
        if let text = row.optionalText(21) {
            guard let retry = RetryPolicy(text) else { throw Self.invalid("retry", id) }
            record.retry = retry
        }
        record.retryDelay = row.optionalInt64(22).map { .milliseconds($0) }
        record.timeout = row.optionalInt64(23).map { .nanoseconds($0) }
        record.expectedIO = try io(row, 24, "expected_io", id)
        record.io = try io(row, 25, "io", id)
        // The shortest way to complete leaves out that nothing was moved.
        if state == .completed, record.io == nil { record.io = .zero }
        record.failure = try Self.failure(row, kind: 26, message: 27, "job", id)
        record.output = row.optionalBytes(28)
        record.checkpoint = row.optionalBytes(29)
        record.payloadVersion = Int(row.int64(30))
        return record
    }

    /// The record of a job.
    func record(_ id: Int64) throws(QueueError) -> JobRecord? {
        let row = try statement(.record)
        defer { row.reset() }
        row.bind(id, at: 1)
        return try row.step() ? try readRecord(row) : nil
    }

    /// The record of a job that is about to be claimed.
    ///
    /// Most have never been attempted and have nothing but type, group, priority, key and payload: these are read with a
    /// third of the columns.
    func claimableRecord(_ id: Int64) throws(QueueError) -> JobRecord? {
        let row = try statement(.newRecord)
        row.bind(id, at: 1)
        guard try row.step() else { return nil }
        defer { row.reset() }
        let flags = JobFlags(rawValue: row.int64(3))
        if row.int64(4) > 0 || !flags.isDisjoint(with: [.hasDetails, .hasLargePayload]) { return try record(id) }
        guard let priority = UInt8(exactly: row.int64(2)) else { throw Self.invalid("priority", id) }
        var record = JobRecord(
            id: JobID(id), type: try type(row.int64(0)), priority: Priority(rawValue: priority),
            payload: row.bytes(8), submittedAt: Timestamp(milliseconds: row.int64(5)))
        let group = row.int64(1)
        if group != 0 { record.group = try self.group(group) }
        record.key = row.key(6)
        record.payloadVersion = Int(row.int64(7))
        record.failFast = !flags.contains(.toleratesChildFailure)
        return record
    }

    private func io(_ row: Statement, _ column: Int32, _ name: String, _ id: Int64) throws(QueueError) -> IOAmount? {
        guard let text = row.optionalText(column) else { return nil }
        guard let io = StoredText.io(in: text) else { throw Self.invalid(name, id) }
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

    /// Binds kind and message of a failure at two places.
    func bind(_ failure: JobFailure?, at index: Int32) {
        bind(failure.map { Int64($0.kind.rawValue) }, at: index)
        bind(failure?.message, at: index + 1)
    }
}
