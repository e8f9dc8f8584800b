import QueueModel
import QueueStoreKit

/// The recurring jobs, by name.
struct ScheduleTable: Sendable {
    private var records: [ScheduleID: ScheduleRecord] = [:]

    subscript(id: ScheduleID) -> ScheduleRecord? { records[id] }

    /// All schedules, by name.
    var all: [ScheduleRecord] { records.values.sorted { $0.id < $1.id } }

    /// Registers a schedule, unless an equal one is registered.
    mutating func register(
        _ id: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp, _ report: inout CommitReport
    ) -> ScheduleOutcome {
        let outcome = ScheduleRecord.registering(job, as: id, over: records[id], first: first, at: now)
        if case .kept = outcome { return outcome }
        records[id] = outcome.record
        report.changedSchedules = true
        return outcome
    }

    /// Pauses or resumes a schedule; returns whether it was otherwise before.
    mutating func setPaused(
        _ isPaused: Bool, _ id: ScheduleID, at now: Timestamp, _ report: inout CommitReport
    ) throws(QueueError) -> Bool {
        var record = try known(id)
        if record.isPaused == isPaused { return false }
        record.pausedAt = isPaused ? now : nil
        records[id] = record
        if !isPaused { report.changedSchedules = true }
        return true
    }

    mutating func remove(_ id: ScheduleID) throws(QueueError) -> ScheduleRecord {
        let record = try known(id)
        records[id] = nil
        return record
    }

    /// Stores a changed schedule.
    mutating func store(_ record: ScheduleRecord) {
        records[record.id] = record
    }

    /// Makes a copy of an occurrence's job the predecessor of the next occurrence.
    mutating func replacePredecessor(_ old: JobRecord, with new: JobID) {
        guard let id = old.occurrence?.schedule, records[id]?.lastJob == old.id else { return }
        records[id]?.lastJob = new
    }

    private func known(_ id: ScheduleID) throws(QueueError) -> ScheduleRecord {
        guard let record = records[id] else {
            throw QueueError(.unknownSchedule, "no schedule has the id \"\(id)\"")
        }
        return record
    }

    /// Returns the occurrences of types that are due, and when the next one is.
    func agenda(of types: Set<JobType>, at now: Timestamp) -> ScheduleAgenda {
        var agenda = ScheduleAgenda()
        let waiting = records.values.compactMap { record in
            record.isPaused ? nil : record.next.map { (at: $0, record: record) }
        }
        for (at, record) in waiting.sorted(by: { ($0.at, $0.record.id) < ($1.at, $1.record.id) }) {
            let type = record.job.submission.type
            if at > now {
                guard types.contains(type) else { continue }
                agenda.next = at
                break
            }
            if types.contains(type) {
                agenda.due.append(
                    ScheduleAgenda.Entry(id: record.id, type: type, recurrence: record.job.recurrence, due: at))
            } else {
                agenda.others.insert(type)
            }
        }
        return agenda
    }

    /// Returns what is wrong with schedules, one sentence each.
    ///
    /// - Parameter lastJob: The last job id that was assigned.
    func check(lastJob: Int64) -> [String] {
        all.compactMap { record in
            if let last = record.lastJob, last.rawValue > lastJob {
                return "the schedule \"\(record.id)\" names \(last), which never existed"
            }
            if record.lastJob == nil, record.occurrences > 0 {
                return "the schedule \"\(record.id)\" has fired and names no job"
            }
            return nil
        }
    }
}
