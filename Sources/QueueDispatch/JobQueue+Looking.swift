import QueueCompletion
public import QueueModel
import Synchronization

extension JobQueue {
    // MARK: Jobs

    /// The job with an id; `nil` if there is none, or no longer.
    public func job(_ id: JobID) async throws(QueueError) -> JobRecord? {
        try await store.job(id)
    }

    /// A page of the jobs that a query means.
    public func jobs(_ query: JobQuery = JobQuery()) async throws(QueueError) -> JobPage {
        try query.validate()
        return try await store.jobs(query)
    }

    /// A page of the ids of the jobs that a query means: where a program wants no more of them, for a fraction of the cost.
    public func ids(_ query: JobQuery = JobQuery()) async throws(QueueError) -> JobIDPage {
        try query.validate()
        return try await store.ids(query)
    }

    /// The number of jobs that a query means.
    public func count(_ query: JobQuery = JobQuery()) async throws(QueueError) -> Int {
        try query.validate()
        return try await store.count(query)
    }

    /// The number of jobs in each state.
    public func counts() async throws(QueueError) -> StateCounts {
        try await store.counts()
    }

    /// The values of a tag key, with the number of jobs that have each, active and ended (rule Q2).
    ///
    /// By the bytes of the values, from the first behind `value` on. The cost grows with the number of jobs that are counted.
    ///
    /// - Parameters:
    ///   - key: The tag key.
    ///   - value: Where an earlier call ended; `nil`: at the first.
    ///   - limit: At most so many values; default 100.
    public func tagValues(
        of key: String, after value: String? = nil, limit: Int = 100
    ) async throws(QueueError) -> [TagCount] {
        try await store.tags(.values(of: key, after: value), limit: max(limit, 0))
    }

    /// The tag keys that begin with a prefix, with the number of jobs that have each, active and ended (rule Q2).
    ///
    /// By the bytes of the keys, from the first behind `key` on. The cost grows with the number of jobs that are counted.
    ///
    /// - Parameters:
    ///   - prefix: How the keys begin, byte by byte; default: anyhow.
    ///   - key: Where an earlier call ended; `nil`: at the first.
    ///   - limit: At most so many keys; default 100.
    public func tagKeys(
        prefix: String = "", after key: String? = nil, limit: Int = 100
    ) async throws(QueueError) -> [TagCount] {
        try await store.tags(.keys(prefix: prefix, after: key), limit: max(limit, 0))
    }

    /// All attempts at a job, the first first.
    public func attempts(of id: JobID) async throws(QueueError) -> [AttemptRecord] {
        try await store.attempts(of: id)
    }

    /// The job that would be claimed next with a free slot; nothing is changed.
    public func peek() async throws(QueueError) -> JobRecord? {
        try await store.peek(currentRules(), worker: currentSession?.worker, at: now)
    }

    /// Why a job is not running now (rule D14): each gate that holds it back, with its figures.
    ///
    ///     print(try await queue.explain(id))
    ///     // #42 media.thumbnail is pending
    ///     // - group "s3": 4 of 4 running
    ///     // - rate limit of media.thumbnail: no token left (100 per 1.0 seconds, burst 100)
    ///
    /// The store asks the very gates of its claim, with the limits, the pressure and the worker of this queue, so the answer is
    /// the dispatcher's own. It holds for the instant at which it was made, and nothing is changed. The cost grows with the number
    /// of lanes (job types, groups and priorities in use), not with that of jobs.
    ///
    /// - Throws: ``QueueError`` with ``QueueError/Code/unknownJob`` if no job has the id; what the store throws.
    public func explain(_ id: JobID) async throws(QueueError) -> JobExplanation {
        let session = currentSession
        guard var answer = try await store.explain(id, currentRules(), worker: session?.worker, at: now) else {
            throw QueueError(.unknownJob, "there is no job \(id)", jobs: [id])
        }
        guard answer.job.state == .pending else { return answer }
        if let session {
            if session.state.withLock({ $0.stop }) != .no { answer.obstacles.insert(.queueNotRunning, at: 0) }
            if session.channel.isHoldingBack {
                answer.obstacles.insert(.backpressure(uncommitted: session.channel.uncommitted), at: 0)
            }
        } else {
            answer.obstacles.insert(.queueNotRunning, at: 0)
        }
        return answer
    }

    /// The types of active jobs that this queue has no executor for, with the number of each (rule S10).
    public func unknownTypes() async throws(QueueError) -> [JobType: Int] {
        try await store.activeTypes(besides: Set(registry.byType.filter { $0.value.body != nil }.keys))
    }

    // MARK: Events

    /// Subscribes to what happens from now on.
    ///
    /// - Parameters:
    ///   - kinds: What to be told of; default: all.
    ///   - domain: Only jobs of this domain.
    ///   - bufferSize: How many events wait at most, 1…1 000 000; what is outside counts as the nearer end, default 1024. When there are more, the oldest are lost, and the
    ///     subscriber is told how many.
    public func events(
        _ kinds: EventKinds = .all, domain: String? = nil, bufferSize: Int = 1024
    ) -> JobEvents {
        let types = domain.map { name in
            Set(registry.byType.filter { registry.domains[$0.value.domain].name == name }.keys)
        }
        return subscribe(EventFilter(kinds: kinds, types: types), bufferSize)
    }

    /// Subscribes to what happens to the jobs of one type from now on, in all domains; see ``events(_:domain:bufferSize:)``.
    public func events<Payload: Job>(
        of type: Payload.Type, _ kinds: EventKinds = .all, bufferSize: Int = 1024
    ) -> JobEvents {
        let types = Set(registry.types(of: type))
        return subscribe(EventFilter(kinds: kinds, types: types), bufferSize)
    }

    /// Subscribes to what happens to one job from now on; the stream ends after the job's end.
    ///
    /// A job that has ended already sends nothing: subscribe, then look at ``job(_:)``.
    public func events(of id: JobID, _ kinds: EventKinds = .all, bufferSize: Int = 1024) -> JobEvents {
        subscribe(EventFilter(kinds: kinds, job: id), bufferSize)
    }

    private func subscribe(_ filter: EventFilter, _ bufferSize: Int) -> JobEvents {
        let events = events.subscribe(filter, capacity: bufferSize)
        // While nobody listens to progress the run loop doesn't wake for it.
        if filter.kinds.contains(.progressed) { currentSession?.doorbell.ring() }
        return events
    }
}
