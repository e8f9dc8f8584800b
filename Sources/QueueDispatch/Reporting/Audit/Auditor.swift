import QueueModel
import QueueStoreKit

/// Looks through the store's active jobs and schedules for work that a queue's build can't do.
struct Auditor {
    private let core: QueueCore
    private let sampling: Int
    /// The types to look at; empty: all.
    private let types: Set<JobType>
    /// The executors of the types to look at.
    private let executors: [JobType: ExecutorEntry]
    private var audit = JobQueue.Audit()
    private var findings: AuditFindings

    init(core: QueueCore, types: [JobType], sampling: Int) {
        self.core = core
        self.sampling = sampling
        let types = Set(types)
        self.types = types
        executors = core.registry.byType.filter { type, executor in
            executor.body != nil && (types.isEmpty || types.contains(type))
        }
        findings = AuditFindings(sampling: sampling)
    }

    mutating func audit() async throws -> JobQueue.Audit {
        try await findUnknownTypes()
        try await checkJobs()
        try await checkSchedules()
        audit.findings = findings.sorted
        return audit
    }

    private func isIncluded(_ type: JobType) -> Bool { types.isEmpty || types.contains(type) }

    private mutating func findUnknownTypes() async throws {
        for (type, count) in try await core.store.activeTypes(besides: core.registry.executable) where isIncluded(type)
        {
            audit.jobs += count
            var sample: [JobID] = []
            if sampling > 0 {
                sample = try await core.store.ids(
                    JobQuery(states: JobState.active, types: [type], order: .oldestFirst, limit: sampling)
                ).ids
            }
            findings.add(unknown: type, jobs: count, sample: sample)
        }
    }

    private mutating func checkJobs() async throws {
        var query = JobQuery(states: JobState.active, types: executors.keys.sorted { $0.rawValue < $1.rawValue })
        query.order = .oldestFirst
        // An empty list of types would mean all of them.
        var isDone = executors.isEmpty
        while !isDone {
            try Task.checkCancellation()
            let page = try await core.store.jobs(query)
            for job in page.jobs {
                guard let executor = executors[job.type] else { continue }
                audit.jobs += 1
                if let error = executor.problem(with: job, core.configuration.coder) { findings.add(job, error) }
            }
            query.after = page.next
            isDone = page.next == nil
        }
    }

    private mutating func checkSchedules() async throws {
        for schedule in try await core.store.schedules(named: nil) where !schedule.hasEnded {
            let type = schedule.job.submission.type
            guard isIncluded(type) else { continue }
            audit.schedules += 1
            guard let executor = executors[type] else {
                findings.add(unknown: type, schedule: schedule.id)
                continue
            }
            if let error = executor.problem(with: schedule.job.submission, core.configuration.coder) {
                findings.add(schedule, error)
            }
        }
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
