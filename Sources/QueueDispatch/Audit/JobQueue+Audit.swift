public import QueueModel
import QueueStoreKit

extension JobQueue {
    /// Looks for stored work that this build can't do, before it is tried (rule S10): active jobs and schedules whose type has no
    /// executor here, or whose payload this build can't read.
    ///
    ///     let audit = try await queue.audit()
    ///     if !audit.isClean { log.warning("\(audit)") }
    ///     try await queue.run()
    ///
    /// Nothing is run and nothing is changed. What an attempt would decode is decoded and thrown away: each payload, and for a job that is
    /// to finalize what `execute` returned; so the types' own `decodePayload` and `migrate` are called. The queue need not run, and may.
    ///
    /// The jobs are read in pages of a hundred, in the order of their ids; ones that come, change or end meanwhile are looked at or not. Of jobs
    /// without an executor nothing is read. The cost is that of reading and decoding every other active job once; memory is needed for a page.
    ///
    /// - Parameters:
    ///   - types: Stored types to look at, with their domains; default: all.
    ///   - sampling: How many ids each finding names at most, 0…1000; what is outside counts as the nearer end.
    /// - Throws: ``QueueError`` that the store throws, such as ``QueueError/Code/invalidRow`` for a damaged row; `CancellationError`.
    @concurrent public func audit(of types: [JobType] = [], sampling: Int = 10) async throws -> QueueAudit {
        let sampling = min(max(sampling, 0), 1000)
        let asked = Set(types)
        let executors = registry.byType.filter { type, executor in
            executor.body != nil && (asked.isEmpty || asked.contains(type))
        }
        var audit = QueueAudit()
        var findings = AuditFindings(sampling: sampling)

        let known = Set(registry.byType.filter { $0.value.body != nil }.keys)
        let unknown = try await store.activeTypes(besides: known).filter { asked.isEmpty || asked.contains($0.key) }
        for (type, number) in unknown {
            audit.jobs += number
            var sample: [JobID] = []
            if sampling > 0 {
                sample = try await store.ids(
                    JobQuery(states: JobState.active, types: [type], order: .oldestFirst, limit: sampling)
                ).ids
            }
            findings.add(unknown: type, jobs: number, sample: sample)
        }

        var query = JobQuery(states: JobState.active, types: executors.keys.sorted { $0.rawValue < $1.rawValue })
        query.order = .oldestFirst
        // An empty list of types would mean all of them.
        var isDone = executors.isEmpty
        while !isDone {
            try Task.checkCancellation()
            let page = try await store.jobs(query)
            for job in page.jobs {
                guard let executor = executors[job.type] else { continue }
                audit.jobs += 1
                if let error = executor.problem(with: job, configuration.coder) { findings.add(job, error) }
            }
            query.after = page.next
            isDone = page.next == nil
        }

        for schedule in try await store.schedules() where !schedule.hasEnded {
            let type = schedule.job.submission.type
            guard asked.isEmpty || asked.contains(type) else { continue }
            audit.schedules += 1
            guard let executor = executors[type] else {
                findings.add(unknown: type, schedule: schedule.id)
                continue
            }
            if let error = executor.problem(with: schedule.job.submission, configuration.coder) {
                findings.add(schedule, error)
            }
        }
        audit.findings = findings.sorted
        return audit
    }
}

extension ExecutorEntry {
    /// Why an attempt at a stored job could not read what it needs; `nil` if it could.
    fileprivate func problem(with job: JobRecord, _ coder: any PayloadCoder) -> UndecodablePayload? {
        if let error = problem(job.payload, job.payloadVersion, coder) { return error }
        guard job.phase == .finalize else { return nil }
        do {
            try body?.decodeMemo(job.output, coder)
            return nil
        } catch {
            return error as? UndecodablePayload ?? UndecodablePayload(underlying: error)
        }
    }

    fileprivate func problem(with submission: JobSubmission, _ coder: any PayloadCoder) -> UndecodablePayload? {
        problem(submission.payload, submission.payloadVersion, coder)
    }

    private func problem(_ bytes: [UInt8], _ version: Int, _ coder: any PayloadCoder) -> UndecodablePayload? {
        do throws(UndecodablePayload) {
            _ = try payload.decodeStored(bytes, version: version, with: coder)
            return nil
        } catch {
            return error
        }
    }
}
