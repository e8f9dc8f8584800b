import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Registers a schedule (rule D13).
    mutating func register(
        _ id: ScheduleID, _ job: RecurringJob, first: Timestamp, at now: Timestamp, _ effects: inout Effects
    ) -> ScheduleOutcome {
        let outcome = ScheduleRecord.registering(job, as: id, over: schedules[id], first: first, at: now)
        if case .kept = outcome { return outcome }
        schedules[id] = outcome.record
        effects.changedSchedules = true
        return outcome
    }

    mutating func pause(schedule id: ScheduleID, at now: Timestamp) throws(QueueError) -> Bool {
        var record = try known(id)
        if record.isPaused { return false }
        record.pausedAt = now
        schedules[id] = record
        return true
    }

    mutating func resume(schedule id: ScheduleID, _ effects: inout Effects) throws(QueueError) -> Bool {
        var record = try known(id)
        if !record.isPaused { return false }
        record.pausedAt = nil
        schedules[id] = record
        effects.changedSchedules = true
        return true
    }

    mutating func remove(
        schedule id: ScheduleID, cancellingJob: Bool, at now: Timestamp, _ effects: inout Effects
    ) throws(QueueError) -> ScheduleRemoval {
        let record = try known(id)
        schedules[id] = nil
        guard cancellingJob, let job = record.lastJob else { return ScheduleRemoval(schedule: record) }
        return ScheduleRemoval(schedule: record, job: cancel(job, at: now, &effects))
    }

    private func known(_ id: ScheduleID) throws(QueueError) -> ScheduleRecord {
        guard let record = schedules[id] else {
            throw QueueError(.unknownSchedule, "no schedule has the id \"\(id)\"")
        }
        return record
    }

    // MARK: Firing

    func agenda(of types: Set<JobType>, at now: Timestamp) -> ScheduleAgenda {
        var agenda = ScheduleAgenda()
        let waiting = schedules.values.compactMap { record in
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

    mutating func fire(
        _ firings: [ScheduleFiring], at now: Timestamp, _ effects: inout Effects
    ) -> [FiringOutcome] {
        firings.map { fire($0, at: now, &effects) }
    }

    private mutating func fire(
        _ firing: ScheduleFiring, at now: Timestamp, _ effects: inout Effects
    ) -> FiringOutcome {
        guard var record = schedules[firing.schedule], record.allows(firing, at: now) else { return .notDue }
        if let last = record.lastJob, isActive(last) {
            record.skipped(firing)
            schedules[record.id] = record
            return .skipped(predecessor: last, hasEnded: record.hasEnded)
        }
        // Nothing that could be refused: a recurring job has neither dependencies nor a parent.
        let outcome = store(record.submission(for: firing, at: now), at: now, &effects)
        record.fired(firing, outcome.id)
        schedules[record.id] = record
        return .fired(outcome, hasEnded: record.hasEnded)
    }

    /// Lets a copy of an occurrence's job take its place as the predecessor of the next.
    mutating func replacePredecessor(_ old: JobRecord, with new: JobID) {
        guard let id = old.occurrence?.schedule, schedules[id]?.lastJob == old.id else { return }
        schedules[id]?.lastJob = new
    }

    // MARK: Invariants

    /// What is wrong with schedules, one sentence each.
    func checkSchedules() -> [String] {
        schedules.values.sorted { $0.id < $1.id }.compactMap { record in
            if let last = record.lastJob, last.rawValue > lastJob {
                return "the schedule \"\(record.id)\" names \(last), which never was"
            }
            if record.lastJob == nil, record.occurrences > 0 {
                return "the schedule \"\(record.id)\" has fired and names no job"
            }
            return nil
        }
    }
}
