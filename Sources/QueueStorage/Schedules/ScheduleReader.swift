import QueueBackoff
import QueueModel
import QueueStoreKit

/// Reads stored schedules.
struct ScheduleReader {
    let session: Session

    init(_ session: Session) { self.session = session }

    /// Returns the schedule with an id.
    func schedule(_ id: ScheduleID) throws(QueueError) -> ScheduleRecord? {
        let row = try session.statement(.schedule)
        defer { row.reset() }
        row.bind(id.rawValue, at: 1)
        return try row.step() ? try readSchedule(row) : nil
    }

    /// Returns all schedules by name.
    func schedules() throws(QueueError) -> [ScheduleRecord] {
        var records: [ScheduleRecord] = []
        let row = try session.statement(.schedules)
        defer { row.reset() }
        while try row.step() { records.append(try readSchedule(row)) }
        return records
    }

    /// Returns the due occurrences of schedules of some types, and when the next is due.
    func agenda(of types: Set<JobType>, at now: Timestamp) throws(QueueError) -> ScheduleAgenda {
        var agenda = ScheduleAgenda()
        let row = try session.statement(.agenda)
        defer { row.reset() }
        while try row.step() {
            let at = Timestamp(milliseconds: row.int64(0))
            let type = try session.type(row.int64(2))
            if at > now {
                guard types.contains(type) else { continue }
                agenda.next = at
                break
            }
            guard types.contains(type) else {
                agenda.others.insert(type)
                continue
            }
            let id = ScheduleID(row.text(1))
            agenda.due.append(
                ScheduleAgenda.Entry(id: id, type: type, recurrence: try recurrence(row.text(3), of: id), due: at))
        }
        return agenda
    }

    /// Returns the record in the current row of a statement with ``SQL/scheduleColumns``.
    private func readSchedule(_ row: Statement) throws(QueueError) -> ScheduleRecord {
        let id = ScheduleID(row.text(0))
        guard let priority = UInt8(exactly: row.int64(12)) else { throw Self.invalid("priority", id) }
        guard let onDuplicate = UInt8(exactly: row.int64(14)).flatMap(Uniqueness.DuplicateStrategy.init(rawValue:))
        else {
            throw Self.invalid("on_duplicate", id)
        }
        guard let version = Int(exactly: row.int64(21)), JobSubmission.Limits.payloadVersions.contains(version) else {
            throw Self.invalid("payload_version", id)
        }
        var submission = JobSubmission(
            type: try session.type(row.int64(10)), payload: row.bytes(22), payloadVersion: version,
            priority: Priority(rawValue: priority), group: try session.group(row.int64(11)), key: row.key(13),
            onDuplicate: onDuplicate, label: row.optionalText(16), failFast: row.int64(15) != 0,
            timeout: row.optionalInt64(19).map { .nanoseconds($0) })
        if !row.isNull(17) {
            guard let tags = row.withText(17, StoredText.tags) else { throw Self.invalid("tags", id) }
            submission.tags = tags
        }
        if let text = row.optionalText(18) {
            guard let retry = RetryPolicy(text) else { throw Self.invalid("retry", id) }
            submission.retry = retry
        }
        if let text = row.optionalText(20) {
            guard let io = StoredText.io(in: text) else { throw Self.invalid("expected_io", id) }
            submission.expectedIO = io
        }
        let job = RecurringJob(
            submission, try recurrence(row.text(8), of: id),
            timeToLive: row.optionalInt64(9).map { .milliseconds($0) })
        var record = ScheduleRecord(
            id: id, job: job, next: row.timestamp(1), registeredAt: Timestamp(milliseconds: row.int64(7)))
        record.occurrences = Int(row.int64(2))
        record.skipped = Int(row.int64(3))
        record.lastJob = row.optionalInt64(4).map { JobID($0) }
        record.lastDue = row.timestamp(5)
        record.pausedAt = row.timestamp(6)
        return record
    }

    private func recurrence(_ text: String, of id: ScheduleID) throws(QueueError) -> Recurrence {
        guard let recurrence = Recurrence(text) else { throw Self.invalid("recurrence", id) }
        return recurrence
    }

    private static func invalid(_ column: String, _ id: ScheduleID) -> QueueError {
        // A name in a file that the queue did not write may have any length.
        QueueError(
            .invalidRow, "the column \(column) of row \"\(id.rawValue.prefix(512))\" of schedule can't be read")
    }

    // MARK: Invariants

    /// Returns the faults of schedules, one sentence each.
    func faults() throws(QueueError) -> [String] {
        var wrong: [String] = []
        for (sentence, sql) in Self.scheduleRules {
            for name in try session.connection.texts("\(sql) LIMIT 1000") {
                wrong.append("the schedule \"\(name)\" \(sentence)")
            }
        }
        if !wrong.isEmpty { return wrong }
        do throws(QueueError) {
            _ = try schedules()
        } catch {
            wrong.append(error.message)
        }
        return wrong
    }

    /// Sentences that must not be true of a schedule, each with the query for the names of those that it is true of.
    private static let scheduleRules: [(String, String)] = [
        ("has an unknown type", "SELECT name FROM schedule WHERE type NOT IN (SELECT id FROM job_type)"),
        (
            "has an unknown group",
            "SELECT name FROM schedule WHERE grp <> 0 AND grp NOT IN (SELECT id FROM job_group)"
        ),
        (
            "names a job that never was",
            """
            SELECT name FROM schedule WHERE last_job > max(coalesce((SELECT max(id) FROM job), 0),
              coalesce((SELECT value FROM counter WHERE name = 'job'), 0))
            """
        ),
        ("has fired and names no job", "SELECT name FROM schedule WHERE occurrences > 0 AND last_job IS NULL"),
    ]
}
