import QueueModel

/// What has come about on a store so far, as far as the next steps refer to it, and how a step is taken.
///
/// Two stores that are given the same steps have to give the same answers; ``take(_:on:)`` says an answer as a text.
struct StoreHistory: Sendable {
    private var now = Timestamp(milliseconds: 1_700_000_000_000)
    private var jobs = 0
    private var workers: [WorkerID] = []
    private var running: [JobRecord] = []
    private var generation: UInt64 = 0

    /// The instant that the history has come to.
    var instant: Timestamp { now }

    /// Takes a step and says what came of it.
    ///
    /// Errors are told by code and place alone: their texts are the store's own.
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
            let submission = submission(draft, batch: 0)
            let outcome = try await store.submit(submission, at: now)
            note(outcome)
            return "\(outcome)"
        case .submitBatch(let drafts):
            let batch = drafts.map { submission($0, batch: drafts.count) }
            try JobSubmission.validate(batch)
            let outcomes = try await store.submit(contentsOf: batch, at: now)
            for outcome in outcomes { note(outcome) }
            return "\(outcomes)"
        case .openWorker(let lease):
            workers.append(try await store.openWorker(lease: .seconds(lease), at: now))
            return "\(workers)"
        case .renewLease(let worker):
            return "\(try await store.renewLease(of: self.worker(worker), at: now))"
        case .closeWorker(let worker):
            try await store.closeWorker(self.worker(worker), at: now)
            return "closed"
        case .recover(let maximumCrashes):
            return say(try await store.recover(at: now, maximumCrashes: maximumCrashes))
        case .turn(let endings, let limit, let worker, let rules):
            return try await turn(endings, limit, by: self.worker(worker), rules, on: store)
        case .saveCheckpoint(let attempt, let bytes):
            guard let record = pick(attempt) else { return "nothing runs" }
            try await store.saveCheckpoint(bytes, of: record.id, attempt: record.attempt)
            return "saved"
        case .cancel(let job):
            let outcome = try await store.cancel(id(job), at: now)
            switch outcome {
            case .cancelled(let changes): return "cancelled \(say(changes))"
            case .requested(let worker, let changes): return "requested of \(worker) \(say(changes))"
            case .alreadyEnded, .unknown: return "\(outcome)"
            }
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
        case .peek(let rules):
            return "\(String(describing: try await store.peek(self.rules(rules), worker: worker(0), at: now)))"
        case .prune(let maximumCount, let keepsDeadLetters, let limit):
            let policy = RetentionPolicy(maximumCount: maximumCount, keepsDeadLetters: keepsDeadLetters)
            return "\(try await store.prune(policy, limit: limit, at: now))"
        case .pass(let seconds):
            now = now.advanced(by: .seconds(seconds))
            return "\(now)"
        }
    }

    private mutating func turn(
        _ endings: [StoreOperation.Ending], _ limit: Int?, by worker: WorkerID, _ rules: Int, on store: any JobStore
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
        let request = limit.map { ClaimRequest(worker: worker, limit: $0, rules: self.rules(rules)) }
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
        return "\(result.outcomes) \(result.claimed) \(say(result.changes)) \(String(describing: result.nextDue))"
    }

    // MARK: Names

    private mutating func note(_ outcome: SubmitOutcome) {
        jobs = max(jobs, Int(outcome.id.rawValue))
    }

    /// Three times out of four one of the last jobs, since most of the others have ended.
    private func id(_ number: Int) -> JobID {
        let all = jobs + 2
        return JobID(Int64(number < 300 ? max(1, all - number % 12) : 1 + number % all))
    }

    /// One of the last workers, since the others may have been recovered.
    private func worker(_ number: Int) -> WorkerID {
        let last = workers.suffix(3)
        return last.isEmpty ? WorkerID(rawValue: 1) : last[last.startIndex + number % last.count]
    }

    private func pick(_ number: Int) -> JobRecord? {
        running.isEmpty ? nil : running[number % running.count]
    }

    /// Changes in an order that says nothing of the way in which a store came to them.
    private func say(_ changes: [JobChange]) -> String {
        "\(changes.sorted { ($0.id, $0.state.rawValue, $0.cause?.rawValue ?? 0) < ($1.id, $1.state.rawValue, $1.cause?.rawValue ?? 0) })"
    }

    private func submission(_ draft: StoreOperation.Draft, batch: Int) -> JobSubmission {
        JobSubmission(
            type: draft.type, payload: [1], priority: draft.priority, group: draft.group,
            key: draft.key.map { .text($0) }, onDuplicate: draft.onDuplicate,
            tags: draft.tag.map { [Tag("t", $0)] } ?? [],
            runAfter: draft.delay.map { now.advanced(by: .seconds($0)) },
            expiresAt: draft.timeToLive.map { now.advanced(by: .seconds($0)) },
            dependencies: draft.dependencies.map { .job(id($0)) } + draft.inBatch.map { .submission($0) },
            dependencyPolicy: draft.policy, parent: draft.parent.map(id), failFast: draft.failFast)
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
        default: break
        }
        return rules
    }
}
