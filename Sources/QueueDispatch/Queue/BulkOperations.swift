public import QueueModel
public import QueueStoreKit

extension JobQueue {
    /// Operations on all jobs that match a query.
    ///
    /// Each operation works through the matching jobs by id, the first submitted first, a few hundred per transaction,
    /// so that others can write in between. It covers the jobs that exist when it begins: new jobs, such as those that
    /// a resubmission makes, are not included. Each step is atomic, the whole operation is not: jobs may come and go
    /// between two steps. A step that fails for a reason that may be temporary is repeated, after
    /// ``QueueConfiguration/storeRetryDelay``.
    ///
    /// If the task is canceled, the call returns after the present step, and ``JobQueue/BulkResult/next`` is where to
    /// continue.
    ///
    /// - Throws: All operations throw the ``QueueError`` of the query, of the action or of the store. If something was
    ///   changed before, its ``QueueError/underlying`` is a ``JobQueue/BulkResult/Interruption``, with what was
    ///   changed and where to continue.
    public struct BulkOperations: Sendable {
        let core: QueueCore

        /// Cancels all matching jobs that have not ended, by any criteria of a query: id, group, type, domain, tags,
        /// the prefix of a tag's key.
        ///
        ///     try await queue.bulk.cancel(where: JobQuery(group: "s3"))
        ///     try await queue.bulk.cancel(where: JobQuery(tagKeyPrefix: "import.")) { $0.retries > 2 }
        ///
        /// Running jobs are asked to stop, on whichever worker; their `cancelled` hooks are called, and they end as
        /// canceled.
        ///
        /// - Parameters:
        ///   - query: The query; its order, limit and cursor are ignored.
        ///   - isIncluded: A further condition on the jobs' records; `nil`: none.
        @discardableResult
        public func cancel(
            where query: JobQuery, matching isIncluded: (@Sendable (JobRecord) -> Bool)? = nil
        ) async throws(QueueError) -> JobQueue.BulkResult {
            try await apply(.cancel, to: query, matching: isIncluded)
        }

        /// Submits all matching ended jobs anew, such as all dead letters of a type; the old ones stay in the history.
        ///
        ///     try await queue.bulk.resubmit(where: JobQuery(states: [.deadLettered], types: ["media.thumbnail"]))
        ///
        /// See ``JobQueue/resubmit(_:)``.
        @discardableResult
        public func resubmit(
            where query: JobQuery, matching isIncluded: (@Sendable (JobRecord) -> Bool)? = nil
        ) async throws(QueueError) -> JobQueue.BulkResult {
            try await apply(.resubmit, to: query, matching: isIncluded)
        }

        /// Deletes all matching ended jobs with their tags and attempts, for example to purge dead letters.
        ///
        /// Jobs on which an active job depends, and children of an active parent, are kept.
        @discardableResult
        public func deleteEnded(
            where query: JobQuery, matching isIncluded: (@Sendable (JobRecord) -> Bool)? = nil
        ) async throws(QueueError) -> JobQueue.BulkResult {
            try await apply(.deleteEnded, to: query, matching: isIncluded)
        }

        /// Changes the priority of all matching jobs that have not ended and don't run.
        ///
        /// A running job keeps the priority that it was claimed with.
        @discardableResult
        public func setPriority(
            _ priority: Priority, where query: JobQuery, matching isIncluded: (@Sendable (JobRecord) -> Bool)? = nil
        ) async throws(QueueError) -> JobQueue.BulkResult {
            try await apply(.setPriority(priority), to: query, matching: isIncluded)
        }

        /// Moves all matching jobs that have not ended and don't run to another group, or with `nil` out of their
        /// group.
        ///
        /// A running job keeps the slot of its group.
        @discardableResult
        public func move(
            toGroup group: String?, where query: JobQuery, matching isIncluded: (@Sendable (JobRecord) -> Bool)? = nil
        ) async throws(QueueError) -> JobQueue.BulkResult {
            try await apply(.move(toGroup: group), to: query, matching: isIncluded)
        }

        /// Applies an action to all jobs that match a query.
        ///
        /// - Parameters:
        ///   - action: The action.
        ///   - query: The query; its order, limit and cursor are ignored.
        ///   - start: The ``JobQueue/BulkResult/next`` of an earlier call; `nil`: begins with the first job.
        ///   - isIncluded: A further condition on the jobs' records as they were shortly before the step. Reading the
        ///     records costs more than the query alone.
        /// - Returns: The number of jobs that were changed, and where to continue.
        @discardableResult
        public func apply(
            _ action: BulkAction, to query: JobQuery, from start: JobQuery.BulkCursor? = nil,
            matching isIncluded: (@Sendable (JobRecord) -> Bool)? = nil
        ) async throws(QueueError) -> JobQueue.BulkResult {
            try action.validate()
            try query.validate()
            var result = JobQueue.BulkResult(next: start)
            var failures = 0
            repeat {
                do throws(QueueError) {
                    let step = try await step(action, query, from: result.next, matching: isIncluded)
                    core.report(step, of: action)
                    result.add(step)
                    failures = 0
                } catch {
                    failures += 1
                    guard error.isTransient, failures < Self.tries, !Task.isCancelled else {
                        throw result.interrupted(by: error, at: start)
                    }
                    let delay = core.configuration.storeRetryDelay.delay(afterFailures: failures)
                    try? await core.ticker.sleep(core.ticker.now() + delay)
                }
            } while (failures > 0 || result.next != nil) && !Task.isCancelled
            return result
        }

        /// The number of jobs per transaction.
        static let stepSize = 256
        /// The number of times a step is tried.
        private static let tries = 6

        private func step(
            _ action: BulkAction, _ query: JobQuery, from cursor: JobQuery.BulkCursor?,
            matching isIncluded: (@Sendable (JobRecord) -> Bool)?
        ) async throws(QueueError) -> BulkStep {
            let (store, now) = (core.store, core.now)
            guard let isIncluded else {
                return try await store.apply(action, to: query, from: cursor, limit: Self.stepSize, at: now)
            }
            guard var narrow = action.narrowed(query) else { return BulkStep() }
            var last = cursor?.last
            if last == nil { last = try await store.jobs(JobQuery(limit: 1)).jobs.first?.id }
            guard let last else { return BulkStep() }
            narrow.limit = Self.stepSize
            narrow.after = cursor.map { JobQuery.Cursor(id: $0.after) }
            let page = try await store.jobs(narrow)
            var named = narrow
            named.after = nil
            named.ids = Set(page.jobs.lazy.filter { $0.id <= last && isIncluded($0) }.map(\.id))
            var step = BulkStep()
            if named.ids?.isEmpty == false {
                step = try await store.apply(action, to: named, from: nil, limit: Self.stepSize, at: core.now)
            }
            step.next = page.next.flatMap { $0.id < last ? JobQuery.BulkCursor(after: $0.id, last: last) : nil }
            return step
        }
    }
}

extension QueueCore {
    /// Reports what a step of a bulk operation has changed.
    fileprivate func report(_ step: BulkStep, of action: BulkAction) {
        reporter.report(step.changes)
        switch action {
        case .setPriority(let priority): reporter.report(.priority(priority), of: step.edits)
        case .move(let group): reporter.report(.group(group), of: step.edits)
        case .cancel, .deleteEnded, .resubmit: break
        }
        if step.resubmissions.isEmpty { return }
        reporter.reportSubmitted(step.resubmissions.map(\.type), step.resubmissions.map(\.outcome), at: now)
    }
}

extension JobQueue {
    /// The result of a bulk operation.
    public struct BulkResult: Hashable, Sendable {
        /// The number of matching jobs that were changed: canceled, deleted or moved; for a resubmission the number
        /// of new jobs.
        public var changed: Int
        /// The number of running jobs that were asked to stop; they end by themselves, and are not included in
        /// ``changed``.
        public var requested: Int
        /// The number of other jobs whose state changed as a consequence, such as children and dependents of canceled
        /// jobs.
        public var followed: Int
        /// Where to continue; `nil` if the operation is complete.
        public var next: JobQuery.BulkCursor?

        /// Creates a result.
        public init(changed: Int = 0, requested: Int = 0, followed: Int = 0, next: JobQuery.BulkCursor? = nil) {
            self.changed = changed
            self.requested = requested
            self.followed = followed
            self.next = next
        }

        /// The progress of a bulk operation that an error ended: the ``QueueError/underlying`` of that error.
        public struct Interruption: Error {
            /// What was changed, and where to continue.
            public var result: JobQueue.BulkResult
            /// The error that ended the operation.
            public var cause: QueueError

            /// Creates an interruption.
            public init(result: JobQueue.BulkResult, cause: QueueError) {
                self.result = result
                self.cause = cause
            }
        }

        fileprivate mutating func add(_ step: BulkStep) {
            changed += step.changed
            requested += step.requested
            followed += step.changes.count { $0.cause != nil }
            next = step.next
        }

        fileprivate func interrupted(by error: QueueError, at start: JobQuery.BulkCursor?) -> QueueError {
            if next == start { return error }
            var interrupted = error
            interrupted.message += " (after \(changed) jobs were changed, and \(requested) were asked to stop)"
            interrupted.underlying = Interruption(result: self, cause: error)
            return interrupted
        }
    }
}
