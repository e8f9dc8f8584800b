import QueueCompletion
public import QueueModel
public import QueueStoreKit

extension JobQueue {
    // MARK: Many jobs at once

    /// Cancels all jobs that a query means and that have not ended (rules E6, Q1), by whatever a query can say: id, group, type,
    /// domain, tags, the prefix of a tag's key.
    ///
    ///     try await queue.cancel(where: JobQuery(group: "s3"))
    ///     try await queue.cancel(where: JobQuery(tagKeyPrefix: "import.")) { $0.retries > 2 }
    ///
    /// Those that run are asked to stop, wherever they run; their `cancelled` hooks are called, and they end as cancelled. See
    /// ``apply(_:to:from:matching:)`` for what holds of all these calls.
    ///
    /// - Parameters:
    ///   - query: Which jobs; what it says of its pages (order, limit, cursor) does not count.
    ///   - isMeant: Which of them, by their records; `nil`: all.
    @discardableResult
    public func cancel(
        where query: JobQuery, matching isMeant: (@Sendable (JobRecord) -> Bool)? = nil
    ) async throws(QueueError) -> BulkResult {
        try await apply(.cancel, to: query, matching: isMeant)
    }

    /// Makes a new job of each ended job that a query means (rule E4), such as all dead letters of a type; the old ones stay in history.
    ///
    ///     try await queue.resubmit(where: JobQuery(states: [.deadLettered], types: ["media.thumbnail"]))
    ///
    /// See ``resubmit(_:)``, and ``apply(_:to:from:matching:)`` for what holds of all these calls.
    @discardableResult
    public func resubmit(
        where query: JobQuery, matching isMeant: (@Sendable (JobRecord) -> Bool)? = nil
    ) async throws(QueueError) -> BulkResult {
        try await apply(.resubmit, to: query, matching: isMeant)
    }

    /// Deletes ended jobs that a query means, with their tags and attempts, to purge dead letters above all.
    ///
    /// Jobs on which an active one still depends, and children of an active parent, are kept. See ``apply(_:to:from:matching:)`` for
    /// what holds of all these calls.
    @discardableResult
    public func deleteEnded(
        where query: JobQuery, matching isMeant: (@Sendable (JobRecord) -> Bool)? = nil
    ) async throws(QueueError) -> BulkResult {
        try await apply(.deleteEnded, to: query, matching: isMeant)
    }

    /// Gives another priority to all jobs that a query means and that neither have ended nor run.
    ///
    /// What runs keeps the priority that it was claimed with. See ``apply(_:to:from:matching:)`` for what holds of all these calls.
    @discardableResult
    public func setPriority(
        _ priority: Priority, where query: JobQuery, matching isMeant: (@Sendable (JobRecord) -> Bool)? = nil
    ) async throws(QueueError) -> BulkResult {
        try await apply(.setPriority(priority), to: query, matching: isMeant)
    }

    /// Puts all jobs that a query means and that neither have ended nor run into another group, or with `nil` into none.
    ///
    /// What runs keeps the slot of its group. See ``apply(_:to:from:matching:)`` for what holds of all these calls.
    @discardableResult
    public func move(
        toGroup group: String?, where query: JobQuery, matching isMeant: (@Sendable (JobRecord) -> Bool)? = nil
    ) async throws(QueueError) -> BulkResult {
        try await apply(.move(toGroup: group), to: query, matching: isMeant)
    }

    /// Does something to all jobs that a query means, a few hundred to a transaction, so that others write in between.
    ///
    /// It goes by the id, the first submitted first, and means what was there when it began: new jobs, such as those that a
    /// resubmission makes, are not met. Each step is as a whole or not at all, the call is not: jobs may come and go between two steps. A
    /// step that fails for a reason that may pass is tried again, after ``QueueConfiguration/completions``'s back-off.
    ///
    /// If the task is cancelled the call ends after its present step, and ``BulkResult/next`` says where to go on.
    ///
    /// - Parameters:
    ///   - action: What to do.
    ///   - query: To which jobs; what it says of its pages (order, limit, cursor) does not count.
    ///   - start: Where an earlier call ended; `nil`: at the first job.
    ///   - isMeant: To which of them, by their records as they were shortly before the step. Reading them costs more than the query alone.
    /// - Returns: How many jobs were changed.
    /// - Throws: ``QueueError`` of the query, the action or the store. If something was changed before, ``QueueError/underlying`` is a
    ///   ``BulkInterruption``, which tells what, and where to go on.
    @discardableResult
    public func apply(
        _ action: BulkAction, to query: JobQuery, from start: BulkCursor? = nil,
        matching isMeant: (@Sendable (JobRecord) -> Bool)? = nil
    ) async throws(QueueError) -> BulkResult {
        try action.validate()
        try query.validate()
        var result = BulkResult(next: start)
        var failures = 0
        repeat {
            do throws(QueueError) {
                let step = try await step(action, query, from: result.next, matching: isMeant)
                tell(step, of: action)
                result.add(step)
                failures = 0
            } catch {
                failures += 1
                guard error.isTransient, failures < Self.bulkTries, !Task.isCancelled else {
                    throw result.interrupted(by: error, at: start)
                }
                let delay = configuration.completions.backoff.delay(afterFailures: failures)
                try? await ticker.sleep(ticker.now() + delay)
            }
        } while (failures > 0 || result.next != nil) && !Task.isCancelled
        return result
    }

    /// How many jobs share a transaction.
    static let bulkStep = 256
    /// How often a step is tried.
    private static let bulkTries = 6

    private func step(
        _ action: BulkAction, _ query: JobQuery, from cursor: BulkCursor?,
        matching isMeant: (@Sendable (JobRecord) -> Bool)?
    ) async throws(QueueError) -> BulkStep {
        guard let isMeant else {
            return try await store.apply(action, to: query, from: cursor, limit: Self.bulkStep, at: now)
        }
        guard var narrow = action.narrowed(query) else { return BulkStep() }
        var last = cursor?.last
        if last == nil { last = try await store.jobs(JobQuery(limit: 1)).jobs.first?.id }
        guard let last else { return BulkStep() }
        narrow.limit = Self.bulkStep
        narrow.after = cursor.map { JobQuery.Cursor(id: $0.after) }
        let page = try await store.jobs(narrow)
        var named = narrow
        named.after = nil
        named.ids = Set(page.jobs.lazy.filter { $0.id <= last && isMeant($0) }.map(\.id))
        var step = BulkStep()
        if named.ids?.isEmpty == false {
            step = try await store.apply(action, to: named, from: nil, limit: Self.bulkStep, at: now)
        }
        step.next = page.next.flatMap { $0.id < last ? BulkCursor(after: $0.id, last: last) : nil }
        return step
    }

    private func tell(_ step: BulkStep, of action: BulkAction) {
        core.tell(step.changes)
        switch action {
        case .setPriority(let priority): core.tell(.priority(priority), of: step.edits)
        case .move(let group): core.tell(.group(group), of: step.edits)
        case .cancel, .deleteEnded, .resubmit: break
        }
        if step.resubmissions.isEmpty { return }
        core.tellSubmitted(step.resubmissions.map(\.type), step.resubmissions.map(\.outcome), at: now)
    }
}

/// What a bulk operation did.
public struct BulkResult: Hashable, Sendable {
    /// How many of the jobs that were meant were changed: cancelled, deleted, moved; or how many new ones a resubmission made.
    public var changed: Int
    /// How many running jobs were asked to stop; they end by themselves, and are not in ``changed``.
    public var requested: Int
    /// How many other jobs changed their state because of it, such as children and dependents of cancelled jobs.
    public var followed: Int
    /// Where to go on; `nil` if all was done.
    public var next: BulkCursor?

    /// Makes a result.
    public init(changed: Int = 0, requested: Int = 0, followed: Int = 0, next: BulkCursor? = nil) {
        self.changed = changed
        self.requested = requested
        self.followed = followed
        self.next = next
    }

    fileprivate mutating func add(_ step: BulkStep) {
        changed += step.changed
        requested += step.requested
        followed += step.changes.count { $0.cause != nil }
        next = step.next
    }

    fileprivate func interrupted(by error: QueueError, at start: BulkCursor?) -> QueueError {
        if next == start { return error }
        var told = error
        told.message += " (after \(changed) jobs were changed, and \(requested) were asked to stop)"
        told.underlying = BulkInterruption(result: self, cause: error)
        return told
    }
}

/// What a bulk operation had done when an error ended it: the ``QueueError/underlying`` of that error.
public struct BulkInterruption: Error {
    /// What was done, and where to go on.
    public var result: BulkResult
    /// What ended it.
    public var cause: QueueError

    /// Makes an interruption.
    public init(result: BulkResult, cause: QueueError) {
        self.result = result
        self.cause = cause
    }
}
