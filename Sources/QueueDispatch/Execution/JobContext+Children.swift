public import QueueModel

extension JobContext {
    // MARK: Spawning

    /// Submits a child: a job that this one waits for.
    ///
    /// When `execute` has returned and all children have ended, `finalize` runs; until then the job waits. A child runs at least as
    /// urgently as this job, and no longer than this job's time to live. An attempt that is repeated spawns again: give children
    /// unique keys.
    ///
    /// - Throws: ``QueueError`` as ``JobQueue/submit(_:_:)`` does; ``QueueError/Code/unknownParent`` if this job has ended meanwhile.
    @discardableResult
    public func spawn<Payload: Job>(
        _ payload: Payload, _ options: SubmitOptions = SubmitOptions()
    ) async throws -> SubmitOutcome {
        try await queue.store(submission(of: payload, options))
    }

    /// Submits children of one type in one transaction, all of them or none; see ``spawn(_:_:)``.
    @discardableResult
    public func spawn<Payload: Job>(
        contentsOf payloads: some Sequence<Payload>, _ options: SubmitOptions = SubmitOptions()
    ) async throws -> [SubmitOutcome] {
        try await queue.submit(batch: payloads.map { try submission(of: $0, options) })
    }

    /// Submits children that were prepared by ``submission(of:_:)``, of any types, in one transaction, all of them or none.
    ///
    /// They may depend on each other by their places, as in ``JobQueue/submit(batch:)``.
    @discardableResult
    public func spawn(batch: [JobSubmission]) async throws -> [SubmitOutcome] {
        try await queue.submit(batch: batch.map(adopting))
    }

    /// The submission that ``spawn(_:_:)`` would make of a payload: for batches of several types, and for children that depend on
    /// each other.
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

    /// The children of this job, the first submitted first, with their states, failures and outputs: what `finalize` goes by.
    ///
    /// While this job has not ended all of its children are kept, the ended ones too. They are read in pages, so what others do
    /// meanwhile may show; in `finalize` all have ended. Costs a look-up a child, and as much memory as their records take.
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

    /// The jobs that this one depends on, by id, with their states, failures and outputs.
    ///
    /// While this job has not ended all of them are kept. Costs a look-up each, and as much memory as their records take.
    public func dependencies() async throws -> [JobRecord] {
        var dependencies: [JobRecord] = []
        for dependency in try await queue.store.dependencies(of: id) {
            if let record = try await queue.job(dependency) { dependencies.append(record) }
        }
        return dependencies
    }

    /// What an executor has returned for a job, a child or a dependency say; `nil` if it has not returned or returned nothing.
    ///
    /// - Throws: What the queue's coder throws for an output that is none of the type.
    public func output<Output: Decodable>(
        of record: JobRecord, as type: Output.Type = Output.self
    ) throws -> Output? {
        guard let bytes = record.output else { return nil }
        return try coder.decode(type, from: bytes)
    }
}
