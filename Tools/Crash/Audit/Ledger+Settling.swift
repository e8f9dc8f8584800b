package import QueueModel

/// What is wrong once all work is done: ends that were to be expected, the order of what depends on each other, limits
/// (I5, I6, I8, I9).
extension Ledger {
    /// The limits that held while the file was worked on.
    package struct Limits: Sendable {
        /// By group.
        package var groups: [String: Int]
        /// The limit of a worker.
        package var concurrency: Int
        /// The limit of a worker for the jobs of one type.
        package var types: [JobType: Int]
        /// How many workers a job may take down: two before it is a suspect, and then as many as the queue is told.
        package var crashes: Int

        /// Creates limits.
        package init(groups: [String: Int], concurrency: Int, types: [JobType: Int], crashes: Int) {
            self.groups = groups
            self.concurrency = concurrency
            self.types = types
            self.crashes = crashes
        }
    }

    /// Checks a file whose jobs have all ended.
    package mutating func settle(_ jobs: [StoredJob], _ limits: Limits) {
        let owners = Dictionary(
            jobs.lazy.filter { !$0.isCopy }.compactMap { job in job.plan.map { ($0.nonce, job) } },
            uniquingKeysWith: { first, _ in first })
        for job in jobs {
            guard let plan = job.plan else { continue }
            checkEnd(job, plan, owners)
            if plan.course == .poison, let count = executions[job.id]?.count, count != limits.crashes {
                find(
                    .wrong,
                    "L4: \(job.id) took \(count) workers down, and should have been found out after \(limits.crashes)")
            }
            for nonce in plan.dependencies { checkOrder(job, plan, nonce, owners) }
        }
        checkLimits(jobs, limits)
        for text in ClaimOrder.faults(in: claims, free: freeJobs(jobs, limits)) { find(.wrong, text) }
    }

    private mutating func checkEnd(_ job: StoredJob, _ plan: JobPlan, _ owners: [String: StoredJob]) {
        guard job.state.isTerminal else {
            find(.lost, "I9: \(job.id) is \(job.state), and nothing is left that would run it")
            return
        }
        if job.state == .cancelled, cancelRequests.contains(job.id) || plan.nonce.contains("/") { return }
        if job.state == .superseded, plan.key != nil { return }
        let hasFailed = plan.dependencies.contains { owners[$0]?.state != .completed }
        let due: JobState =
            if hasFailed, plan.policy == .cancel {
                .dependencyFailed
            } else {
                switch plan.course {
                case .succeed, .retry, .snooze, .spawn: .completed
                case .fail: .failed
                case .dead, .poison: .deadLettered
                }
            }
        if job.state != due { find(.wrong, "\(job.id) has ended as \(job.state), and should have as \(due)") }
    }

    private mutating func checkOrder(
        _ job: StoredJob, _ plan: JobPlan, _ nonce: String, _ owners: [String: StoredJob]
    ) {
        guard let start = executions[job.id]?.first?.startedAt else { return }
        guard let other = owners[nonce] else {
            find(.wrong, "I6: \(job.id) ran, and \(nonce), which it depends on, is nowhere")
            return
        }
        // Only the attempt by which it ended tells: an earlier one may begin late, where its worker was stopped after
        // the claim.
        let last = executions[other.id]?.first { $0.attempt == other.attempt }
        let hasEndedBefore = (last?.endedAt ?? .max) <= start
        let isMet =
            switch (plan.policy, other.state) {
            case (.ignore, .completed), (.ignore, .failed), (.ignore, .deadLettered): hasEndedBefore
            // Nobody has executed it to its end.
            case (.ignore, _): other.state.isTerminal
            case (.cancel, _), (.fail, _): other.state == .completed && hasEndedBefore
            }
        if !isMet { find(.wrong, "I6: \(job.id) began before \(other.id), which it depends on, had ended") }
    }

    // MARK: Limits

    private mutating func checkLimits(_ jobs: [StoredJob], _ limits: Limits) {
        /// The jobs that share a limit.
        enum Share: Hashable {
            case group(String), key(JobType, String), schedule(String), worker(Int), type(Int, JobType)
        }
        var spans: [Share: [Overlap.Span]] = [:]
        for job in jobs {
            guard let plan = job.plan else { continue }
            for execution in executions[job.id] ?? [] {
                let span = Overlap.Span(job.id, execution.startedAt..<(execution.endedAt ?? .max))
                if let group = plan.group { spans[.group(group), default: []].append(span) }
                // What is superseded while it runs may go on for a moment beside what takes its place.
                if let key = plan.key, !key.hasPrefix("s") { spans[.key(job.type, key), default: []].append(span) }
                if plan.isScheduled { spans[.schedule(plan.nonce), default: []].append(span) }
                spans[.worker(execution.worker), default: []].append(span)
                if limits.types[job.type] != nil { spans[.type(execution.worker, job.type), default: []].append(span) }
            }
        }
        for (share, spans) in spans {
            let limit: Int? =
                switch share {
                case .group(let name): limits.groups[name]
                case .key, .schedule: 1
                case .worker: limits.concurrency
                case .type(_, let type): limits.types[type]
                }
            guard let limit, let excess = Overlap.excess(of: spans, over: limit) else { continue }
            find(
                .overLimit,
                "I5: \(excess.count) jobs ran at once of \(share), the limit is \(limit): "
                    + excess.map(\.description).joined(separator: ", "))
        }
    }

    /// The jobs that nothing but slots could hold back when they were new, with the time since when they were in the
    /// file.
    private func freeJobs(_ jobs: [StoredJob], _ limits: Limits) -> [JobID: Int64] {
        var free: [JobID: Int64] = [:]
        for job in jobs where !job.isCopy && limits.types[job.type] == nil {
            guard let plan = job.plan, plan.isFree else { continue }
            free[job.id] = submissions[plan.nonce]?.acknowledgedAt ?? .max
        }
        return free
    }
}
