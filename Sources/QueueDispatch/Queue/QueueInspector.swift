public import QueueModel
import QueueStoreKit

extension JobQueue {
    /// Read access to what a queue's store holds and to what runs here, beyond the common look-ups of ``JobQueue``
    /// itself.
    public struct Inspector: Sendable {
        let core: QueueCore

        // MARK: Jobs

        /// Returns a page of the ids of the jobs that match a query, for a fraction of the cost of
        /// ``JobQueue/jobs(_:)``.
        public func ids(_ query: JobQuery = JobQuery()) async throws(QueueError) -> JobQuery.IDPage {
            try query.validate()
            return try await core.store.ids(query)
        }

        /// Returns the job that would be claimed next if a slot were free; changes nothing.
        public func peek() async throws(QueueError) -> JobRecord? {
            try await core.store.peek(core.rules.current(), worker: core.worker?.lease, at: core.now)
        }

        /// Returns all attempts at a job, in order.
        public func attempts(of id: JobID) async throws(QueueError) -> [JobRecord.Attempt] {
            try await core.store.attempts(of: id)
        }

        /// Returns the types of active jobs that this queue has no executor for, each with the number of its active
        /// jobs.
        public func unknownTypes() async throws(QueueError) -> [JobType: Int] {
            try await core.store.activeTypes(besides: core.registry.executable)
        }

        /// Returns the values of a tag key, each with the number of jobs that have it, active and ended.
        ///
        /// The values are sorted by their bytes. The cost grows with the number of jobs that are counted.
        ///
        /// - Parameters:
        ///   - key: The tag key.
        ///   - value: The last value of the previous page; `nil`: begins with the first value.
        ///   - limit: The number of values to return at most; default 100.
        public func tagValues(
            of key: String, after value: String? = nil, limit: Int = 100
        ) async throws(QueueError) -> [Tag.Count] {
            try await core.store.tags(.values(of: key, after: value), limit: max(limit, 0))
        }

        /// Returns the tag keys that begin with a prefix, each with the number of jobs that have it, active and ended.
        ///
        /// The keys are sorted by their bytes. The cost grows with the number of jobs that are counted.
        ///
        /// - Parameters:
        ///   - prefix: The prefix, compared byte by byte; default: all keys.
        ///   - key: The last key of the previous page; `nil`: begins with the first key.
        ///   - limit: The number of keys to return at most; default 100.
        public func tagKeys(
            prefix: String = "", after key: String? = nil, limit: Int = 100
        ) async throws(QueueError) -> [Tag.Count] {
            try await core.store.tags(.keys(prefix: prefix, after: key), limit: max(limit, 0))
        }

        // MARK: Dependencies

        /// Returns the jobs that a job depends on, by id.
        ///
        /// A dependency that was deleted has ended, and is not in the answer. The ids are read first and the records
        /// then, so changes in between may show in some of the records only.
        ///
        /// - Parameters:
        ///   - id: The dependent job. A job that does not exist depends on none.
        ///   - open: Whether to return only dependencies that have not ended; default `false`.
        /// - Throws: The store's errors.
        public func dependencies(of id: JobID, open: Bool = false) async throws(QueueError) -> [JobRecord] {
            let ids = try await core.store.dependencies(of: id)
            return try await records(of: ids[...], limit: .max) { !open || !$0.state.isTerminal }
        }

        /// Returns a page of the jobs that depend on a job, by id.
        ///
        ///     var waiting = try await queue.inspector.dependents(of: id, open: true)
        ///     while let last = waiting.last {
        ///         show(waiting)
        ///         waiting = try await queue.inspector.dependents(of: id, open: true, after: last.id)
        ///     }
        ///
        /// Each page looks up the ids of all dependents, at a cost that grows with their number, and reads as many
        /// records as it needs. Changes in between may show in some of the records only.
        ///
        /// - Parameters:
        ///   - id: The job that others depend on.
        ///   - open: Whether to return only blocked jobs, and none if the job itself has ended; default `false`.
        ///   - last: The last job of the previous page; `nil`: begins with the first dependent.
        ///   - limit: The number of jobs to return at most; default 100.
        public func dependents(
            of id: JobID, open: Bool = false, after last: JobID? = nil, limit: Int = 100
        ) async throws(QueueError) -> [JobRecord] {
            if open {
                // No job waits for an ended one: a dependent that is blocked nevertheless waits for another.
                guard let job = try await core.store.job(id), !job.state.isTerminal else { return [] }
            }
            let ids = try await core.store.dependents(of: id)
            let start = last.map { last in ids.firstIndex { $0 > last } ?? ids.endIndex } ?? ids.startIndex
            return try await records(of: ids[start...], limit: max(limit, 0)) { !open || $0.state == .blocked }
        }

        /// Returns the first jobs, up to a limit, that meet a condition.
        private func records(
            of ids: ArraySlice<JobID>, limit: Int, where isIncluded: (JobRecord) -> Bool
        ) async throws(QueueError) -> [JobRecord] {
            var found: [JobRecord] = []
            var rest = ids
            while !rest.isEmpty, found.count < limit {
                let page = rest.prefix(min(max(limit - found.count, 100), 1000))
                rest = rest.dropFirst(page.count)
                let query = JobQuery(ids: Set(page), order: .oldestFirst, limit: page.count)
                for job in try await core.store.jobs(query).jobs where isIncluded(job) && found.count < limit {
                    found.append(job)
                }
            }
            return found
        }

        // MARK: Running jobs

        /// Returns the progress of a job that runs here; `nil` for a job that does not run here, or of which nothing is
        /// known.
        ///
        /// If the executor has reported nothing, the progress is estimated from how long the last completed jobs of its
        /// type took: here or, before the first has completed here, in the store's history, which is read once per
        /// type. An estimate is below 1.
        public func progress(of id: JobID) async -> JobProgress? {
            guard let execution = core.worker?.execution(of: id) else { return nil }
            let reports = ProgressReports(core: core)
            await reports.learnHistory(of: [execution])
            return reports.progress(of: execution)
        }

        /// Returns the jobs that run here, the first submitted first, with their progress; see ``progress(of:)``.
        public func running() async -> [RunningJob] {
            guard let executions = core.worker?.status.running, !executions.isEmpty else { return [] }
            let reports = ProgressReports(core: core)
            await reports.learnHistory(of: executions)
            return executions.map { execution in
                RunningJob(
                    job: execution.job, attempt: execution.attempt, startedAt: execution.startedAt,
                    progress: reports.progress(of: execution), io: execution.io.amount,
                    cancellation: execution.cancellation)
            }
        }

        /// Returns the present reading of each source in ``QueueConfiguration/pressure``, in the same order; the
        /// highest value counts.
        ///
        /// Reads each source. The built-in ones measure at most once per interval, in about 0.1 ms, and return the last
        /// value otherwise.
        public func pressure() -> [PressureReading] {
            core.rules.pressure()
        }

        // MARK: Statistics

        /// Returns the statistics of a stored job type; `nil` if no job of the type was claimed or has ended since
        /// counting began.
        ///
        /// The store counts for all workers, in the transactions in which jobs are claimed and end: the figures are
        /// exact after a crash, and independent of how long history is kept. Reads one row, at any number of jobs.
        ///
        ///     if let statistics = try await queue.inspector.statistics(of: "media.thumbnail") {
        ///         print(statistics.ended[.completed], statistics.durations.p95 ?? .zero, statistics.throughput.minute)
        ///     }
        ///
        /// ``JobQueue/metrics()`` has what this queue alone has done since it was created.
        public func statistics(of type: JobType) async throws(QueueError) -> TypeStatistics? {
            try await core.store.statistics(of: type, at: core.now).first
        }

        /// Returns the statistics of all job types that have any, sorted by the bytes of their names; see
        /// ``statistics(of:)``.
        ///
        /// The cost grows with the number of types.
        public func statistics() async throws(QueueError) -> [TypeStatistics] {
            try await core.store.statistics(of: nil, at: core.now)
        }

        /// Resets the statistics of a type, or with `nil` of all: counting starts over with the next claim or end of a
        /// job.
        public func resetStatistics(of type: JobType? = nil) async throws(QueueError) {
            try await core.store.resetStatistics(of: type)
        }

        // MARK: Audit

        /// Looks for stored work that this build can't do, before it is attempted: active jobs and schedules whose type
        /// has no executor here, or whose payload this build can't read.
        ///
        ///     let audit = try await queue.inspector.audit()
        ///     if !audit.isClean { log.warning("\(audit)") }
        ///     try await queue.run()
        ///
        /// Nothing is run and nothing is changed. Everything that an attempt would decode is decoded and discarded:
        /// each payload, and for a job to be finalized the output of `execute`. The types' own `decodePayload` and
        /// `migrate` are called. The queue may be running.
        ///
        /// The jobs are read in pages of one hundred, by id; jobs that are submitted, change or end meanwhile may or
        /// may not be looked at. Jobs without an executor are only counted. The cost is that of reading and decoding
        /// every other active job once; the memory used is that of one page.
        ///
        /// - Parameters:
        ///   - types: The stored types to look at, with their domains; default: all.
        ///   - sampling: The number of ids that each finding names at most, 0…1000; values outside the range count as
        ///     the nearer end.
        /// - Throws: The store's ``QueueError``, such as ``QueueError/Code/invalidRow`` for a damaged row;
        ///   `CancellationError`.
        @concurrent public func audit(of types: [JobType] = [], sampling: Int = 10) async throws -> JobQueue.Audit {
            var auditor = Auditor(core: core, types: types, sampling: min(max(sampling, 0), 1000))
            return try await auditor.audit()
        }
    }
}
