public import QueueModel
import QueueStoreKit
import Synchronization

extension JobContext {
    // MARK: Spawning

    /// Submits a child: a job that this one waits for.
    ///
    /// When `execute` has returned and all children have ended, `finalize` runs; until then the job waits. A child runs
    /// at least as urgently as this job, and expires with it at the latest. A repeated attempt spawns again: give
    /// children unique keys.
    ///
    /// - Throws: ``QueueError`` as ``JobQueue/submit(_:_:)`` does; ``QueueError/Code/unknownParent`` if this job has
    ///   ended meanwhile; ``QueueError/Code/tooManyChildren`` above ``QueueConfiguration/maximumChildren``;
    ///   ``QueueError/Code/nestedTooDeeply`` above ``QueueConfiguration/maximumDepth``.
    @discardableResult
    public func spawn<Payload: Job>(
        _ payload: Payload, _ options: SubmitOptions = SubmitOptions()
    ) async throws -> SubmitOutcome {
        let child = try submission(of: payload, options)
        return try await withRoom(for: [child]) { [try await core.submit(child, at: core.now)] }[0]
    }

    /// Submits children of one type in one transaction: all of them or none; see ``spawn(_:_:)``.
    @discardableResult
    public func spawn<Payload: Job>(
        contentsOf payloads: some Sequence<Payload>, _ options: SubmitOptions = SubmitOptions()
    ) async throws -> [SubmitOutcome] {
        let children = try payloads.map { try submission(of: $0, options) }
        return try await withRoom(for: children) { try await queue.submit(batch: children) }
    }

    /// Submits children of any types, prepared by ``submission(of:_:)``, in one transaction: all of them or none.
    ///
    /// They may depend on each other by their indexes, as in ``JobQueue/submit(batch:)``.
    @discardableResult
    public func spawn(batch: [JobSubmission]) async throws -> [SubmitOutcome] {
        let children = batch.map(adopting)
        return try await withRoom(for: children) { try await queue.submit(batch: children) }
    }

    /// Stores children if the job may have that many more.
    private func withRoom(
        for children: [JobSubmission], _ store: () async throws -> [SubmitOutcome]
    ) async throws -> [SubmitOutcome] {
        if children.isEmpty { return [] }
        try await checkDepth()
        try await countChildren()
        let reserved = try await reserve(children)
        do {
            let outcomes = try await store()
            execution.children.withLock { $0.add(outcomes.count(where: \.isNew) - reserved) }
            return outcomes
        } catch {
            execution.children.withLock { $0.add(-reserved) }
            throw error
        }
    }

    /// Reserves room for children that are going to be stored, and returns their number; throws if they are too many.
    private func reserve(_ children: [JobSubmission]) async throws -> Int {
        let limit = queue.configuration.maximumChildren
        if execution.children.withLock({ $0.reserve(children.count, upTo: limit) }) { return children.count }
        // Children that an earlier attempt has spawned already need no room.
        let new = children.count - (try await duplicates(in: children))
        if execution.children.withLock({ $0.reserve(new, upTo: limit) }) { return new }
        throw QueueError(
            .tooManyChildren, "with \(new) more children \(id) would have more than \(limit)", jobs: [id])
    }

    /// Returns the number of submissions whose unique key an active job has.
    private func duplicates(in children: [JobSubmission]) async throws -> Int {
        var count = 0
        for child in children {
            guard let key = child.key, child.onDuplicate != .supersede else { continue }
            let query = JobQuery(states: JobState.active, types: [child.type], key: key, limit: 1)
            if !(try await queue.store.jobs(query).jobs.isEmpty) { count += 1 }
        }
        return count
    }

    /// Throws if the job belongs to the last generation that is allowed.
    private func checkDepth() async throws {
        let limit = queue.configuration.maximumDepth
        var depth = 0
        if let known = execution.children.withLock({ $0.depth }) {
            depth = known
        } else {
            var next = job.parent
            while let ancestor = next, depth < limit {
                depth += 1
                next = try await queue.store.job(ancestor)?.parent
            }
            execution.children.withLock { $0.depth = depth }
        }
        guard depth < limit else {
            throw QueueError(.nestedTooDeeply, "\(id) has \(limit) ancestors, and can't spawn", jobs: [id])
        }
    }

    /// Counts the children of earlier attempts, once.
    private func countChildren() async throws {
        if execution.children.withLock({ $0.children }) != nil { return }
        let isFirst = execution.job.attempt == 1
        let count = isFirst ? 0 : try await queue.store.count(JobQuery(parent: id))
        execution.children.withLock { $0.note(children: count) }
    }

    /// Returns the submission that ``spawn(_:_:)`` would make of a payload.
    ///
    /// Use it for batches of several types, and for children that depend on each other.
    public func submission<Payload: Job>(
        of payload: Payload, _ options: SubmitOptions = SubmitOptions()
    ) throws -> JobSubmission {
        adopting(try queue.submission(of: payload, options))
    }

    private func adopting(_ submission: JobSubmission) -> JobSubmission {
        var child = submission
        child.parent = id
        return child.inheriting(priority: effectivePriority, expiresAt: job.expiresAt)
    }

    /// How urgent the job is now, which children are at least as well.
    private var effectivePriority: Priority { job.claimedAs ?? job.priority }

    // MARK: Looking

    /// Returns the children of this job, the first submitted first, with their states, failures and outputs.
    ///
    /// While this job has not ended all of its children are kept, including ended ones. They are read in pages, so
    /// changes in between may show; in `finalize` all have ended. Costs one look-up per child, and as much memory as
    /// their records take.
    ///
    /// - Parameter states: Only children in one of these states; default: all.
    public func children(in states: [JobState] = []) async throws -> [JobRecord] {
        var query = JobQuery(
            states: states, parent: id, order: .oldestFirst, limit: JobQuery.limits.upperBound)
        var children: [JobRecord] = []
        repeat {
            let page = try await queue.jobs(query)
            children += page.jobs
            query.after = page.next
        } while query.after != nil
        return children
    }

    /// Returns the jobs that this one depends on, by id, with their states, failures and outputs.
    ///
    /// While this job has not ended all of them are kept. Costs one look-up per job, and as much memory as their
    /// records take.
    public func dependencies() async throws -> [JobRecord] {
        var dependencies: [JobRecord] = []
        for dependency in try await queue.store.dependencies(of: id) {
            if let record = try await queue.job(dependency) { dependencies.append(record) }
        }
        return dependencies
    }

    /// Returns the output of a job, such as a child or a dependency; `nil` if there is none.
    ///
    /// - Throws: The coder's errors if the output is not of the type.
    public func output<Output: Decodable>(
        of record: JobRecord, as type: Output.Type = Output.self
    ) throws -> Output? {
        guard let bytes = record.output else { return nil }
        return try coder.decode(type, from: bytes)
    }
}
