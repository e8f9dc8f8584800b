import QueueModel
import QueueStoreKit

/// The audit of a store: the observed state of every job, and the violations of invariants found in the store's
/// answers.
///
/// The answers must be added in the order in which the store gave them.
struct Audit: Sendable {
    /// The observed state of a job.
    struct Entry: Sendable {
        var type: JobType
        var priority: Priority
        var group: String?
        var key: Uniqueness.Key?
        var dependencies: [JobID] = []
        var policy = Dependency.Policy.cancel
        /// The attempt of the last claim.
        var attempt = 0
        /// The worker that runs it.
        var holder: WorkerID?
        var end: JobState?
        var isDeleted = false
        /// Whether a submission of it was acknowledged.
        var isAcknowledged = false
        /// The end that was reported to a subscriber.
        var reportedEnd: JobState?

        var isActive: Bool { end == nil && !isDeleted }
    }

    private(set) var entries: [JobID: Entry] = [:]
    private(set) var violations: [String] = []

    // MARK: Submissions

    /// Records the outcomes of a batch of submissions.
    mutating func note(_ outcomes: [SubmitOutcome], of batch: [JobSubmission]) {
        // A change that follows from one submission may free the key of a later one, or concern a job recorded later.
        var later: [JobChange] = []
        for (submission, outcome) in zip(batch, outcomes) {
            later += outcome.changes.filter { entries[$0.id] == nil }
            note(outcome.changes.filter { entries[$0.id] != nil })
            switch outcome {
            case .inserted(let id, changes: _):
                insert(id, submission, outcomes)
            case .superseded(let old, let id, changes: _):
                end(old, as: .superseded)
                insert(id, submission, outcomes)
            case .upgraded(let id):
                entries[id]?.priority = submission.priority
            case .duplicate(let id), .rerunQueued(let id), .rejected(let id):
                if let end = entries[id]?.end {
                    report("I7: a submission counts as a duplicate of \(id), which is \(end)")
                }
            }
        }
        note(later)
    }

    private mutating func insert(_ id: JobID, _ submission: JobSubmission, _ outcomes: [SubmitOutcome]) {
        if entries[id] != nil { report("I2: the id \(id) was given twice") }
        if let key = submission.key {
            for (other, entry) in sorted where entry.isActive && entry.key == key && entry.type == submission.type {
                report("I7: \(id) and \(other) are active with one key")
            }
        }
        let dependencies = submission.dependencies.compactMap { dependency -> JobID? in
            switch dependency {
            case .job(let id): id
            case .submission(let index): outcomes.indices.contains(index) ? outcomes[index].id : nil
            }
        }
        entries[id] = Entry(
            type: submission.type, priority: submission.priority, group: submission.group, key: submission.key,
            dependencies: dependencies, policy: submission.dependencyPolicy)
    }

    /// Records that the submissions were acknowledged to their caller.
    mutating func acknowledge(_ outcomes: [SubmitOutcome]) {
        for outcome in outcomes { entries[outcome.id]?.isAcknowledged = true }
    }

    // MARK: Attempts

    /// Records the outcomes of completions.
    mutating func note(_ outcomes: [CompletionOutcome], of completions: [Completion]) {
        for (completion, outcome) in zip(completions, outcomes) {
            guard let entry = entries[completion.id] else { continue }
            let isCurrent =
                entry.end == nil && entry.holder == completion.worker && entry.attempt == completion.attempt
            switch outcome {
            case .recorded(let state):
                if !isCurrent {
                    report(
                        "I3: the end of attempt \(completion.attempt) at \(completion.id) was recorded, "
                            + "and is not the current one"
                    )
                }
                if state.isTerminal {
                    end(completion.id, as: state)
                } else if state == .running {
                    entries[completion.id]?.attempt += 1
                } else {
                    entries[completion.id]?.holder = nil
                }
            case .stale:
                if isCurrent {
                    report("I3: the end of the current attempt at \(completion.id) was refused as stale")
                }
            case .effectFailed:
                break
            }
        }
    }

    /// Records a claimed job.
    mutating func claim(_ record: JobRecord, by worker: WorkerID) {
        let id = record.id
        if entries[id] == nil { adopt(record) }
        guard let entry = entries[id] else { return }
        if let end = entry.end { report("I2: \(id) was claimed and is \(end)") }
        if entry.isDeleted { report("I2: \(id) was claimed and had been deleted") }
        if let holder = entry.holder { report("I3: \(id) was claimed by \(worker) while \(holder) has it") }
        if record.attempt <= entry.attempt {
            report("I3: \(id) was claimed as attempt \(record.attempt) after attempt \(entry.attempt)")
        }
        for dependency in entry.dependencies {
            guard let other = entries[dependency], !other.isDeleted else { continue }
            if let end = other.end, end == .completed || entry.policy == .ignore { continue }
            let state = other.end.map { "\($0)" } ?? "active"
            report("I6: \(id) was claimed while \(dependency), which it depends on, is \(state)")
        }
        entries[id]?.attempt = record.attempt
        entries[id]?.holder = worker
    }

    // MARK: Changes

    /// Records changes that followed from others.
    mutating func note(_ changes: [JobChange]) {
        for change in changes {
            guard entries[change.id] != nil else { continue }
            if change.state.isTerminal {
                end(change.id, as: change.state)
            } else if change.state != .running {
                entries[change.id]?.holder = nil
            }
        }
    }

    /// Records the end of a job, of which there must be only one.
    mutating func end(_ id: JobID, as state: JobState) {
        if let end = entries[id]?.end { report("I3: \(id) has ended twice, as \(end) and as \(state)") }
        entries[id]?.end = state
        entries[id]?.holder = nil
    }

    /// Records that an ended job was deleted.
    mutating func delete(_ id: JobID) {
        if let entry = entries[id], entry.end == nil { report("I2: \(id) was deleted before it had ended") }
        entries[id]?.isDeleted = true
    }

    /// Takes over a job's state from its record, where no answer reported the change.
    mutating func adopt(_ record: JobRecord) {
        var entry =
            entries[record.id]
            ?? Entry(type: record.type, priority: record.priority, group: record.group, key: record.key)
        entry.priority = record.priority
        entry.group = record.group
        if entry.end == nil, record.state.isTerminal { entry.end = record.state }
        if record.state != .running { entry.holder = nil }
        entries[record.id] = entry
    }

    /// Records that a job's end was reported to a subscriber.
    mutating func noteReportedEnd(of id: JobID, _ state: JobState) {
        guard let entry = entries[id] else { return }
        if entry.end != state {
            let actual = entry.end.map { "\($0)" } ?? "active"
            report("I4: it was reported to a subscriber that \(id) has ended as \(state), and it is \(actual)")
        }
        entries[id]?.reportedEnd = state
    }

    // MARK: The whole

    /// Compares the observed jobs with all jobs of the store.
    mutating func compare(with records: [JobRecord]) {
        var missing = Set(entries.keys)
        for record in records {
            missing.remove(record.id)
            guard let entry = entries[record.id] else {
                adopt(record)
                continue
            }
            let id = record.id
            if entry.isDeleted { report("I2: \(id) was deleted and is stored") }
            if entry.end != (record.state.isTerminal ? record.state : nil) {
                let seen = entry.end.map { "was seen to end as \($0)" } ?? "was not seen to end"
                report("\(entry.reportedEnd == nil ? "I2" : "I4"): \(id) \(seen), and the store says \(record.state)")
            } else if record.state == .running, entry.holder != record.worker {
                report("I3: \(id) runs for \(name(record.worker)), and \(name(entry.holder)) was seen to run it")
            } else if record.state != .running, let holder = entry.holder {
                report("I3: \(holder) has \(id), and the store says \(record.state)")
            }
        }
        for id in missing.sorted() {
            guard let entry = entries[id], !entry.isDeleted else { continue }
            report(
                entry.isAcknowledged
                    ? "I1: the submission of \(id) was acknowledged, and the store has no such job"
                    : "I2: \(id) is missing")
        }
    }

    private func name(_ worker: WorkerID?) -> String { worker.map { "\($0)" } ?? "no worker" }

    /// All jobs in the order of submission.
    var sorted: [(key: JobID, value: Entry)] { entries.sorted { $0.key < $1.key } }

    /// Records a violation.
    mutating func report(_ violation: String) {
        // A few are enough; a broken store may cause thousands.
        if violations.count < 20 { violations.append(violation) }
    }
}
