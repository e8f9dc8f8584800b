import QueueModel
import QueueStoreKit

/// What has been seen of every job, and what was wrong about it: the invariants that a single answer of a store can break.
///
/// A value that is fed with the answers of a store in the order in which the store gave them.
struct AuditBook: Sendable {
    /// What is known of one job.
    struct Entry: Sendable {
        var type: JobType
        var priority: Priority
        var group: String?
        var key: UniqueKey?
        var dependencies: [JobID] = []
        var policy = DependencyPolicy.cancel
        /// The attempt of the last claim.
        var attempt = 0
        /// Under whose lease it runs.
        var holder: WorkerID?
        var end: JobState?
        var isDeleted = false
        /// Whether a submission that stands for it has returned.
        var isAcknowledged = false
        /// The end that a subscriber was told of.
        var toldEnd: JobState?

        var isActive: Bool { end == nil && !isDeleted }
    }

    private(set) var entries: [JobID: Entry] = [:]
    private(set) var violations: [String] = []

    // MARK: Submissions

    /// Notes what became of a batch of submissions.
    mutating func note(_ outcomes: [SubmitOutcome], of batch: [JobSubmission]) {
        // What follows from one submission may free the key of a later one, or concern the job of one that is not noted yet.
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
                    blame("I7: a submission counts as a duplicate of \(id), which is \(end)")
                }
            }
        }
        note(later)
    }

    private mutating func insert(_ id: JobID, _ submission: JobSubmission, _ outcomes: [SubmitOutcome]) {
        if entries[id] != nil { blame("I2: the id \(id) was given twice") }
        if let key = submission.key {
            for (other, entry) in sorted where entry.isActive && entry.key == key && entry.type == submission.type {
                blame("I7: \(id) and \(other) are active with one key")
            }
        }
        let dependencies = submission.dependencies.compactMap { dependency -> JobID? in
            switch dependency {
            case .job(let id): id
            case .submission(let place): outcomes.indices.contains(place) ? outcomes[place].id : nil
            }
        }
        entries[id] = Entry(
            type: submission.type, priority: submission.priority, group: submission.group, key: submission.key,
            dependencies: dependencies, policy: submission.dependencyPolicy)
    }

    /// Notes that whoever submitted has been told so.
    mutating func acknowledge(_ outcomes: [SubmitOutcome]) {
        for outcome in outcomes { entries[outcome.id]?.isAcknowledged = true }
    }

    // MARK: Attempts

    /// Notes what became of attempts that ended.
    mutating func note(_ outcomes: [CompletionOutcome], of completions: [Completion]) {
        for (completion, outcome) in zip(completions, outcomes) {
            guard let entry = entries[completion.id] else { continue }
            let isPresent =
                entry.end == nil && entry.holder == completion.worker && entry.attempt == completion.attempt
            switch outcome {
            case .recorded(let state):
                if !isPresent {
                    blame(
                        "I3: the end of attempt \(completion.attempt) at \(completion.id) was recorded, and is not the present one"
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
                if isPresent {
                    blame("I3: the end of the present attempt at \(completion.id) was refused as stale")
                }
            case .effectFailed:
                break
            }
        }
    }

    /// Notes a job that was claimed.
    mutating func claim(_ record: JobRecord, by worker: WorkerID) {
        let id = record.id
        if entries[id] == nil { adopt(record) }
        guard let entry = entries[id] else { return }
        if let end = entry.end { blame("I2: \(id) was claimed and is \(end)") }
        if entry.isDeleted { blame("I2: \(id) was claimed and had been deleted") }
        if let holder = entry.holder { blame("I3: \(id) was claimed by \(worker) while \(holder) has it") }
        if record.attempt <= entry.attempt {
            blame("I3: \(id) was claimed as attempt \(record.attempt) after attempt \(entry.attempt)")
        }
        for dependency in entry.dependencies {
            guard let other = entries[dependency], !other.isDeleted else { continue }
            if let end = other.end, end == .completed || entry.policy == .ignore { continue }
            let state = other.end.map { "\($0)" } ?? "active"
            blame("I6: \(id) was claimed while \(dependency), which it depends on, is \(state)")
        }
        entries[id]?.attempt = record.attempt
        entries[id]?.holder = worker
    }

    // MARK: Changes

    /// Notes changes that something else caused.
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

    /// Notes an end; a job has one.
    mutating func end(_ id: JobID, as state: JobState) {
        if let end = entries[id]?.end { blame("I3: \(id) has ended twice, as \(end) and as \(state)") }
        entries[id]?.end = state
        entries[id]?.holder = nil
    }

    /// Notes that an ended job is gone.
    mutating func delete(_ id: JobID) {
        if let entry = entries[id], entry.end == nil { blame("I2: \(id) was deleted before it had ended") }
        entries[id]?.isDeleted = true
    }

    /// Takes over what the store says of a job, where no answer has told it.
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

    /// Notes that a subscriber was told of a job's end.
    mutating func tell(_ id: JobID, _ state: JobState) {
        guard let entry = entries[id] else { return }
        if entry.end != state {
            let truth = entry.end.map { "\($0)" } ?? "active"
            blame("I4: a subscriber was told that \(id) has ended as \(state), and it is \(truth)")
        }
        entries[id]?.toldEnd = state
    }

    // MARK: The whole

    /// Compares all that was seen with all that the store has.
    mutating func compare(with records: [JobRecord]) {
        var missing = Set(entries.keys)
        for record in records {
            missing.remove(record.id)
            guard let entry = entries[record.id] else {
                adopt(record)
                continue
            }
            let id = record.id
            if entry.isDeleted { blame("I2: \(id) was deleted and is there") }
            if entry.end != (record.state.isTerminal ? record.state : nil) {
                let seen = entry.end.map { "was seen to end as \($0)" } ?? "was not seen to end"
                blame("\(entry.toldEnd == nil ? "I2" : "I4"): \(id) \(seen), and the store says \(record.state)")
            } else if record.state == .running, entry.holder != record.worker {
                blame("I3: \(id) runs for \(name(record.worker)), and \(name(entry.holder)) was seen to have it")
            } else if record.state != .running, let holder = entry.holder {
                blame("I3: \(holder) has \(id), and the store says \(record.state)")
            }
        }
        for id in missing.sorted() {
            guard let entry = entries[id], !entry.isDeleted else { continue }
            blame(
                entry.isAcknowledged
                    ? "I1: the submission of \(id) was acknowledged, and the store has no such job"
                    : "I2: \(id) is gone")
        }
    }

    private func name(_ worker: WorkerID?) -> String { worker.map { "\($0)" } ?? "nobody" }

    /// All jobs, the first submitted first.
    var sorted: [(key: JobID, value: Entry)] { entries.sorted { $0.key < $1.key } }

    /// Notes that something is wrong.
    mutating func blame(_ violation: String) {
        // The first few say it all; a broken store may make thousands.
        if violations.count < 20 { violations.append(violation) }
    }
}
