package import QueueModel

// What happens to a schedule, for stores to agree on.
extension ScheduleRecord {
    /// What becomes of a registration, given the schedule that stands under the name.
    ///
    /// The rhythm is kept as long as the recurrence is the same, so that a program may register its schedules at each start, and
    /// may change what they submit. Where the recurrence changes, it begins anew. Who paused a schedule did not mean its
    /// contents, and what still runs of the old one is still the predecessor.
    package static func registering(
        _ job: RecurringJob, as id: ScheduleID, over old: ScheduleRecord?, first: Timestamp, at now: Timestamp
    ) -> ScheduleOutcome {
        guard var record = old else {
            return .added(ScheduleRecord(id: id, job: job, next: first, registeredAt: now))
        }
        if record.job == job { return .kept(record) }
        if record.job.recurrence != job.recurrence {
            record.next = first
            record.occurrences = 0
            record.skipped = 0
            record.registeredAt = now
        }
        record.job = job
        return .replaced(record)
    }

    /// Whether a firing is of the occurrence that stands next, and due.
    package func allows(_ firing: ScheduleFiring, at now: Timestamp) -> Bool {
        !isPaused && next == firing.expected && firing.expected <= now
    }

    /// What an occurrence submits.
    package func submission(for firing: ScheduleFiring, at now: Timestamp) -> JobSubmission {
        var submission = job.submission
        submission.expiresAt = job.timeToLive.map { now.advanced(by: $0) }
        submission.occurrence = ScheduledOccurrence(schedule: id, due: firing.due)
        return submission
    }

    /// Notes that an occurrence was submitted, and which job stands for it.
    package mutating func fired(_ firing: ScheduleFiring, _ job: JobID) {
        occurrences += 1
        lastJob = job
        lastDue = firing.due
        next = self.job.recurrence.allowsOccurrence(after: occurrences) ? firing.next : nil
    }

    /// Notes that an occurrence was skipped.
    package mutating func skipped(_ firing: ScheduleFiring) {
        skipped += 1
        next = firing.next
    }
}
