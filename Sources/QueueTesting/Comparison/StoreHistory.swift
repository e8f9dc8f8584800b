import QueueModel
import QueueStoreKit

/// The state of a history on a store to which later steps refer.
///
/// Two stores that perform the same steps must give the same answers; ``take(_:on:)`` returns an answer as a string.
struct StoreHistory: Sendable {
    private var now = Timestamp(milliseconds: 1_700_000_000_000)
    private var jobs = 0
    private var workers: [WorkerID] = []
    private var running: [JobRecord] = []
    private var generation: UInt64 = 0

    /// The current instant of the history.
    var instant: Timestamp { now }

    /// Performs a step and returns the answer.
    ///
    /// Errors are described by code and index only, since each store has its own messages.
    mutating func take(_ operation: StoreOperation, on store: any JobStore) async -> String {
        do {
            return try await perform(operation, on: store)
        } catch {
            return "\(error.code) at \(error.index.map(String.init) ?? "-")"
        }
    }

    private mutating func perform(
        _ operation: StoreOperation, on store: any JobStore
    ) async throws(QueueError) -> String {
        switch operation {
        case .submit(let draft):
            return try await submit(draft, on: store)
        case .submitBatch(let drafts):
            return try await submit(contentsOf: drafts, on: store)
        case .openWorker(let lease):
            workers.append(try await store.openWorker(lease: .seconds(lease), at: HostTime(now)))
            return "\(workers)"
        case .renewLease(let worker):
            return "\(try await store.renewLease(of: self.worker(worker), at: HostTime(now)))"
        case .closeWorker(let worker):
            try await store.closeWorker(self.worker(worker), at: now)
            return "closed"
        case .recover(let maximumCrashes):
            return describe(try await store.recover(at: HostTime(now), maximumCrashes: maximumCrashes))
        case .turn(let endings, let limit, let worker, let rules, let preempts):
            return try await turn(endings, limit, by: self.worker(worker), rules, preempts, on: store)
        case .saveCheckpoint(let attempt, let bytes):
            guard let record = pick(attempt) else { return "no job runs" }
            try await store.saveCheckpoint(bytes, of: record.id, attempt: record.attempt)
            return "saved"
        case .cancel(let job):
            return try await cancel(job, on: store)
        case .resubmit(let job):
            let outcome = try await store.resubmit(id(job), at: now)
            note(outcome)
            return "\(outcome)"
        case .pause(let target, let reason, let seconds):
            let until = seconds.map { now.advanced(by: .seconds($0)) }
            try await store.pause(Pause(target, reason: reason, until: until), at: now)
            return "paused"
        case .resume(let target, let reason):
            return "\(try await store.resume(target, reason: reason, at: now))"
        case .deleteEnded(let job):
            return "\(try await store.deleteEnded(id(job)))"
        case .dropLast(let count):
            return try await dropLast(count, on: store)
        case .bulk(let action, let draft, let states, let limit):
            return try await bulk(action, draft, states, limit, on: store)
        case .expire(let limit):
            let sweep = try await store.expire(limit: limit, at: now)
            return "\(describe(sweep.changes)) \(sweep.isPartial)"
        case .peek(let rules):
            return "\(String(describing: try await store.peek(self.rules(rules), worker: worker(0), at: now)))"
        case .explain(let job, let rules):
            return try await explain(job, rules, on: store)
        case .prune(let maximumCount, let keepsDeadLetters, let limit):
            let policy = RetentionPolicy(maximumCount: maximumCount, keepsDeadLetters: keepsDeadLetters)
            return "\(try await store.prune(policy, limit: limit, at: now))"
        case .register(let schedule, let draft, let seconds, let occurrences):
            let job = recurring(draft, every: seconds, occurrences)
            return try await register(job, as: id(schedule: schedule), every: seconds, on: store)
        case .setPause(let schedule, let isPaused):
            return "\(try await store.setPaused(isPaused, schedule: id(schedule: schedule), at: now))"
        case .removeSchedule(let schedule, let cancelling):
            return try await remove(id(schedule: schedule), cancellingJob: cancelling, on: store)
        case .fire(let seconds):
            return try await fire(every: seconds, on: store)
        case .pass(let seconds):
            now = now.advanced(by: .seconds(seconds))
            return "\(now)"
        }
    }

    private mutating func submit(
        _ draft: StoreOperation.Draft, on store: any JobStore
    ) async throws(QueueError) -> String {
        let outcome = try await store.submit(submission(draft, batch: 0), at: now)
        note(outcome)
        return "\(outcome)"
    }

    private mutating func submit(
        contentsOf drafts: [StoreOperation.Draft], on store: any JobStore
    ) async throws(QueueError) -> String {
        let batch = drafts.map { submission($0, batch: drafts.count) }
        try JobSubmission.validate(batch)
        let outcomes = try await store.submit(contentsOf: batch, at: now)
        for outcome in outcomes { note(outcome) }
        return "\(outcomes)"
    }

    private func cancel(_ job: Int, on store: any JobStore) async throws(QueueError) -> String {
        let outcome = try await store.cancel(id(job), at: now)
        switch outcome {
        case .cancelled(let changes): return "cancelled \(describe(changes))"
        case .requested(let worker, let changes): return "requested of \(worker) \(describe(changes))"
        case .alreadyEnded, .unknown: return "\(outcome)"
        }
    }

    private mutating func explain(
        _ job: Int, _ rules: Int, on store: any JobStore
    ) async throws(QueueError) -> String {
        let answer = try await store.explain(id(job), self.rules(rules), worker: worker(0), at: now)
        let priority = String(describing: answer?.effectivePriority)
        return "\(String(describing: answer)) \(answer?.obstacles ?? []) \(priority)"
    }

    private func register(
        _ job: RecurringJob, as id: ScheduleID, every seconds: Int, on store: any JobStore
    ) async throws(QueueError) -> String {
        try job.validate()
        let first = now.advanced(by: .seconds(seconds - 1))
        return "\(try await store.register(id, job, first: first, at: now))"
    }

    private func remove(
        _ id: ScheduleID, cancellingJob: Bool, on store: any JobStore
    ) async throws(QueueError) -> String {
        let removal = try await store.remove(schedule: id, cancellingJob: cancellingJob, at: now)
        guard case .cancelled(let changes) = removal.job else { return "\(removal)" }
        return "\(removal.schedule) cancelled \(describe(changes))"
    }

    private mutating func turn(
        _ endings: [StoreOperation.Ending], _ limit: Int?, by worker: WorkerID, _ rules: Int, _ preempts: Bool,
        on store: any JobStore
    ) async throws(QueueError) -> String {
        var completions: [Completion] = []
        for ending in endings {
            guard let record = pick(ending.attempt) else { continue }
            let endedAt = now.advanced(by: .seconds(-ending.age))
            completions.append(
                Completion(
                    id: record.id, attempt: record.attempt - (ending.isStale ? 1 : 0),
                    worker: record.worker ?? worker, end: end(ending.kind), startedAt: record.startedAt ?? now,
                    endedAt: endedAt))
        }
        let request = limit.map {
            ClaimRequest(worker: worker, limit: $0, rules: self.rules(rules), preemptsAt: preempts ? .high : nil)
        }
        let result = try await store.turn(finishing: completions, claiming: request, at: now)
        for (completion, outcome) in zip(completions, result.outcomes) where outcome != .stale {
            guard let index = running.firstIndex(where: { $0.id == completion.id }) else { continue }
            if outcome == .recorded(.running) {
                running[index].attempt += 1
            } else {
                running.remove(at: index)
            }
        }
        for record in result.claimed {
            running.removeAll { $0.id == record.id }
            running.append(record)
        }
        var answer = "\(result.outcomes) \(result.claimed) \(describe(result.changes)) \(result.preemptors)"
        // A store need not consider the jobs behind a full claim. With rates it may wait for a token that is no
        // longer needed, and need not know which of several gates blocks a job first by now.
        guard let request else { return "\(answer) \(String(describing: result.nextDue))" }
        if request.rules.typeRates.isEmpty {
            answer += " \(String(describing: result.nextDue))"
            if result.claimed.count < request.limit { answer += " \(result.isHeldByLoad)" }
        }
        return answer
    }

    /// Performs two steps of a bulk operation on jobs that share a property with a draft.
    private mutating func bulk(
        _ action: BulkAction, _ draft: StoreOperation.Draft, _ states: [JobState], _ limit: Int, on store: any JobStore
    ) async throws(QueueError) -> String {
        var query = JobQuery(states: states)
        if let tag = draft.tag {
            query.anyTags = [Tag("t", tag), Tag("t", "tag 0")]
        } else {
            query.types = [draft.type]
        }
        query.group = draft.group
        var answer = ""
        var cursor: JobQuery.BulkCursor?
        for _ in 0..<2 {
            let step = try await store.apply(action, to: query, from: cursor, limit: limit, at: now)
            for resubmission in step.resubmissions { note(resubmission.outcome) }
            cursor = step.next
            answer +=
                "\(step.changed) \(step.requested) \(describe(step.changes)) \(step.resubmissions) "
                + "\(String(describing: cursor)) "
            if cursor == nil { break }
        }
        return answer
    }

    /// Fires the due occurrences of two of the three types, as a worker would.
    private mutating func fire(every seconds: Int, on store: any JobStore) async throws(QueueError) -> String {
        let agenda = try await store.agenda(of: ["m.a", "n.a"], at: now)
        let firings = agenda.due.map {
            ScheduleFiring(schedule: $0.id, expected: $0.due, due: now, next: now.advanced(by: .seconds(seconds)))
        }
        let outcomes = try await store.fire(firings, at: now)
        for case .fired(let outcome, _) in outcomes { note(outcome) }
        let others = agenda.others.sorted { $0.rawValue < $1.rawValue }
        return "\(agenda.due) \(String(describing: agenda.next)) \(others) \(outcomes)"
    }

    private func recurring(_ draft: StoreOperation.Draft, every seconds: Int, _ occurrences: Int?) -> RecurringJob {
        var submission = submission(draft, batch: 0)
        submission.runAfter = nil
        submission.expiresAt = nil
        submission.dependencies = []
        submission.parent = nil
        return RecurringJob(
            submission, .every(.seconds(seconds), occurrences: occurrences),
            timeToLive: draft.timeToLive.map { .seconds($0) })
    }

    private func dropLast(_ count: Int, on store: any JobStore) async throws(QueueError) -> String {
        var answers: [String] = []
        for number in (1...max(jobs, 1)).suffix(count).reversed() {
            let id = JobID(Int64(number))
            let isEnded =
                switch try await store.cancel(id, at: now) {
                case .cancelled, .alreadyEnded: true
                case .requested, .unknown: false
                }
            answers.append("\(id) \(isEnded ? try await store.deleteEnded(id) : false)")
        }
        return answers.joined(separator: ", ")
    }

    // MARK: Names

    private func id(schedule number: Int) -> ScheduleID {
        ScheduleID("s\(number)")
    }

    private mutating func note(_ outcome: SubmitOutcome) {
        jobs = max(jobs, Int(outcome.id.rawValue))
    }

    /// Returns one of the last jobs three times out of four, since most of the others have ended.
    private func id(_ number: Int) -> JobID {
        let all = jobs + 2
        return JobID(Int64(number < 300 ? max(1, all - number % 12) : 1 + number % all))
    }

    /// Returns one of the last workers, since the others may have been recovered.
    private func worker(_ number: Int) -> WorkerID {
        let last = workers.suffix(3)
        return last.isEmpty ? WorkerID(rawValue: 1) : last[last.startIndex + number % last.count]
    }

    private func pick(_ number: Int) -> JobRecord? {
        running.isEmpty ? nil : running[number % running.count]
    }

    /// Describes changes in an order that does not depend on how a store found them.
    private func describe(_ changes: [JobChange]) -> String {
        func key(_ change: JobChange) -> (JobID, UInt8, Int64) {
            (change.id, change.state.rawValue, change.cause?.rawValue ?? 0)
        }
        return "\(changes.sorted { key($0) < key($1) })"
    }

    private func submission(_ draft: StoreOperation.Draft, batch: Int) -> JobSubmission {
        JobSubmission(
            type: draft.type, payload: [1], priority: draft.priority, group: draft.group,
            key: draft.key.map { .text($0) }, onDuplicate: draft.onDuplicate,
            tags: draft.tag.map { [Tag("t", $0)] } ?? [],
            runAfter: draft.delay.map { now.advanced(by: .seconds($0)) },
            expiresAt: draft.timeToLive.map { now.advanced(by: .seconds($0)) },
            dependencies: draft.dependencies.map { .job(id($0)) } + draft.inBatch.map { .submission($0) },
            dependencyPolicy: draft.policy, parent: draft.parent.map(id), failFast: draft.failFast,
            expectedIO: draft.bytes.map { IOAmount(diskRead: $0) })
    }

    private func end(_ kind: Int) -> Completion.End {
        let failure = JobFailure(.retryable, "by chance")
        let later = now.advanced(by: .seconds(3))
        return switch kind {
        case 0: .retry(at: later, failure)
        case 1: .retryInPlace(failure)
        case 2: .failure(JobFailure(.permanent, "by chance"))
        case 3: .deadLetter(failure)
        case 4: .cancelled(JobFailure(.cancelled, "by chance"))
        case 5: .snooze(until: later)
        case 6: .release(JobFailure(.interrupted, "by chance"))
        case 7: .success(output: [7])
        case 9: .preempted(JobFailure(.interrupted, "by chance"))
        default: .success(output: nil)
        }
    }

    private mutating func rules(_ number: Int) -> AdmissionRules {
        generation += 1
        var rules = AdmissionRules(
            generation: generation, types: ["m.a": 0, "m.b": 0, "n.a": 1],
            domains: [DomainRule(name: "m"), DomainRule(name: "n")])
        switch number {
        case 0: rules.domains[0].limit = 2
        case 1: rules.otherGroups = GroupRule(limit: 1)
        case 2: rules.groups = ["g": GroupRule(limit: 1, scope: .worker)]
        case 3: rules.leastPriority = .normal
        case 4: rules.types["n.a"] = nil
        case 5: limitRates(of: &rules)
        case 6: rules.aging = Self.aging
        case 7: rules.ioBudget = Self.budget
        case 8:
            limitRates(of: &rules)
            rules.aging = Self.aging
            rules.ioBudget = Self.budget
            rules.groups["g"] = GroupRule(limit: 2)
            rules.concurrency = 3
        default: break
        }
        return rules
    }

    /// Fast enough for a history of a few minutes to take each step of the aging.
    private static let aging = AgingPolicy(grace: .seconds(1), interval: .milliseconds(50), ceiling: 60)
    private static let budget = IOAmount(
        diskRead: 100, diskWritten: .max, networkReceived: .max, networkSent: .max)

    /// Limits two types that share a bucket, and a group.
    private func limitRates(of rules: inout AdmissionRules) {
        let rate = TypeRate(bucket: "m.a", limit: RateLimit(1, per: .seconds(3), burst: 2))
        rules.typeRates = ["m.a": rate, "m.b": rate]
        rules.groups["h"] = GroupRule(rate: RateLimit(2, per: .seconds(5), burst: 1))
    }
}
