import QueueModel
import QueueStoreKit

/// Looks up and records what a new job refers to: its dependencies and its parent.
struct Dependencies: StoreComponent {
    let context: StoreContext

    /// Looks up what a submission depends on.
    ///
    /// Jobs have to have been there before the batch, whose last id before it was `last`; submissions have outcomes.
    func references(
        of submission: JobSubmission, upTo last: Int64, _ outcomes: [SubmitOutcome]
    ) throws(QueueError) -> References {
        var references = References()
        references.dependencies.reserveCapacity(submission.dependencies.count)
        for dependency in submission.dependencies {
            references.dependencies.append(try Self.id(of: dependency, outcomes).rawValue)
        }
        if references.dependencies.count > 1 {
            references.dependencies = Set(references.dependencies).sorted()
        }
        for id in references.dependencies {
            let state = try jobs.state(of: id)
            if !state.isTerminal {
                references.open += 1
            } else if state != .completed, submission.dependencyPolicy != .ignore, references.broken == nil {
                references.broken = (id, state)
            }
        }
        for case .job(let id) in submission.dependencies where id.rawValue > last { throw Self.unknownDependency(id) }
        return references
    }

    /// Throws if a submission depends on a job that was not there before the batch.
    func check(of submission: JobSubmission, upTo last: Int64) throws(QueueError) {
        for case .job(let id) in submission.dependencies {
            if id.rawValue > last { throw Self.unknownDependency(id) }
            _ = try jobs.state(of: id.rawValue)
        }
    }

    private static func id(of dependency: Dependency, _ outcomes: [SubmitOutcome]) throws(QueueError) -> JobID {
        switch dependency {
        case .job(let id): return id
        case .submission(let place):
            guard outcomes.indices.contains(place) else {
                throw QueueError(.unknownDependency, "the dependency on submission \(place) is outside of the batch")
            }
            return outcomes[place].id
        }
    }

    /// Makes a job known to those that it depends on, and keeps its list if that is too long for its row.
    func link(_ id: Int64, _ flags: JobFlags, to found: References) throws(QueueError) {
        guard let last = found.dependencies.last else { return }
        context.highestDependency = max(context.highestDependency, last)
        let row = try session.statement(.insertDependency)
        row.bind(id, at: 2)
        for other in found.dependencies {
            row.bind(other, at: 1)
            try row.run()
        }
        if found.inlineList != nil { return }
        try jobs.makeExtra(id, flags)
        let more = try session.statement(.setManyDependencies)
        more.bind(id, at: 1)
        try more.withBound(StoredText.bytes(of: found.dependencies), at: 2) { () throws(QueueError) in try more.run() }
    }

    static func unknownDependency(_ id: JobID) -> QueueError {
        QueueError(.unknownDependency, "the dependency \(id) is not in the store", jobs: [id])
    }

    /// Returns a submission with what it inherits from its parent, which has to be active.
    func inheriting(_ submission: JobSubmission) throws(QueueError) -> JobSubmission {
        guard let id = submission.parent else { return submission }
        let row = try session.statement(.parentOf)
        defer { row.reset() }
        row.bind(id.rawValue, at: 1)
        guard try row.step(), let state = StoredState(rawValue: row.int64(0)), !state.isTerminal else {
            throw Self.unknownParent(id)
        }
        guard let priority = UInt8(exactly: row.int64(2)) else { throw StoredRow.invalid("priority", id.rawValue) }
        return submission.inheriting(priority: Priority(rawValue: priority), expiresAt: row.timestamp(3))
    }

    private static func unknownParent(_ id: JobID) -> QueueError {
        QueueError(.unknownParent, "the parent \(id) is not active", jobs: [id])
    }

    /// Notes a new job as a child.
    func adopt(_ child: Int64, by parent: Int64) throws(QueueError) {
        let row = try session.statement(.parentOf)
        row.bind(parent, at: 1)
        let flags = try row.step() ? JobFlags(rawValue: row.int64(1)) : []
        row.reset()
        try jobs.makeExtra(parent, flags)
        if !flags.contains(.hasChildren) { try session.run(.setFlags, parent, JobFlags.hasChildren.rawValue) }
        try session.run(.addChild, parent)
        try session.run(.insertChild, parent, child)
    }
}

extension Session {
    /// The jobs that a job depends on, met or not, in order.
    func dependencies(of id: Int64) throws(QueueError) -> [Int64] {
        let row = try statement(.dependenciesOf)
        defer { row.reset() }
        row.bind(id, at: 1)
        guard try row.step(), JobFlags(rawValue: row.int64(1)).contains(.hasDependencies) else { return [] }
        if !row.isNull(0) { return try Self.list(row, id, "job") }
        let more = try statement(.manyDependenciesOf)
        defer { more.reset() }
        more.bind(id, at: 1)
        guard try more.step() else { throw StoredRow.invalid("flags", id) }
        return try Self.list(more, id, "job_extra")
    }

    private static func list(_ row: Statement, _ id: Int64, _ table: String) throws(QueueError) -> [Int64] {
        guard let ids = StoredText.ids(in: row.bytes(0)) else {
            throw StoredRow.invalid("dependencies", id, table: table)
        }
        return ids
    }
}
