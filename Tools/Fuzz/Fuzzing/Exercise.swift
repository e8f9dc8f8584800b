import QueueBackoff
import QueueModel
import QueueStoreKit
import QueueTesting

/// Calls everything that a store has, with what is there and what is not, and notes what was answered.
struct Exercise<Store: JobStore> {
    let store: Store
    /// The instants of the calls, in turn.
    let instants: [Timestamp]
    private(set) var generator: SplitMix64
    /// The findings.
    private(set) var findings: [String] = []
    private(set) var running: [JobRecord] = []
    private(set) var known: [JobID] = (0...20).map { JobID($0) } + [JobID(.min), JobID(.max)]
    private var workers: [WorkerID] = []

    init(_ store: Store, at instants: [Timestamp], seed: UInt64) {
        self.store = store
        self.instants = instants
        generator = SplitMix64(seed: seed)
    }

    private mutating func now() -> Timestamp { generator.pick(instants) }
    private mutating func job() -> JobID { generator.pick(known) }
    private mutating func worker() -> WorkerID { workers.isEmpty ? WorkerID(rawValue: 1) : generator.pick(workers) }

    /// Makes a call.
    ///
    /// An error is a valid answer if it is clear and reveals no secret.
    @discardableResult
    mutating func call<Answer>(_ name: String, _ body: () async throws(QueueError) -> Answer) async -> Answer? {
        do throws(QueueError) {
            return try await body()
        } catch {
            let text = error.description
            if text.contains(Samples.secret) { findings.append("\(name) tells a payload: \(text.prefix(200))") }
            if text.utf8.count > 4096 { findings.append("\(name) has an error of \(text.utf8.count) bytes") }
            // Every result code that a file can cause has a code of its own.
            if error.code == .sqlite { findings.append("\(name) has no clear error: \(text.prefix(200))") }
            return nil
        }
    }

    /// Makes all reading calls.
    mutating func look() async {
        let store = store
        await call("counts") { () throws(QueueError) in try await store.counts() }
        for query in Self.queries {
            await call("count") { () throws(QueueError) in try await store.count(query) }
            await call("ids") { () throws(QueueError) in try await store.ids(query) }
            var page = query
            for _ in 0..<5 {
                guard
                    let answer = await call("jobs", { () throws(QueueError) in try await store.jobs(page) }),
                    let next = answer.next
                else { break }
                page.after = next
            }
        }
        let (worker, rules) = (worker(), AdmissionRules.hostile)
        for id in known {
            let now = now()
            await call("job") { () throws(QueueError) in try await store.job(id) }
            await call("attempts") { () throws(QueueError) in try await store.attempts(of: id) }
            await call("dependencies") { () throws(QueueError) in try await store.dependencies(of: id) }
            await call("dependents") { () throws(QueueError) in try await store.dependents(of: id) }
            let answer = await call("explain") { () throws(QueueError) in
                try await store.explain(id, rules, worker: worker, at: now)
            }
            _ = answer??.description
        }
        let now = now()
        await call("peek") { () throws(QueueError) in try await store.peek(rules, worker: worker, at: now) }
        await call("snapshot") { () throws(QueueError) in try await store.snapshot(of: rules, at: now) }
        await call("statistics") { () throws(QueueError) in try await store.statistics(of: nil, at: now) }
        await call("tagValues") { () throws(QueueError) in
            try await store.tags(.values(of: "user", after: nil), limit: 9)
        }
        await call("tagKeys") { () throws(QueueError) in try await store.tags(.keys(prefix: "", after: nil), limit: 9) }
        await call("activeTypes") { () throws(QueueError) in try await store.activeTypes(besides: ["work"]) }
        await call("pauses") { () throws(QueueError) in try await store.pauses(at: now) }
        await call("schedules") { () throws(QueueError) in try await store.schedules() }
        await call("agenda") { () throws(QueueError) in try await store.agenda(of: ["work"], at: now) }
    }

    private static var queries: [JobQuery] {
        [
            JobQuery(limit: 3), JobQuery(order: .oldestFirst), JobQuery(order: .lastFinishedFirst, limit: 2),
            JobQuery(states: JobState.active, order: .oldestFirst, limit: 2),
            JobQuery(states: [.failed, .deadLettered, .cancelled]), JobQuery(types: ["work", "m.child"]),
            JobQuery(domain: "m"), JobQuery(group: "g"), JobQuery(priorities: .realtime ... .high),
            JobQuery(tags: [Tag("user", "1")]), JobQuery(anyTags: [Tag("user", "1"), Tag("n", "2")]),
            JobQuery(tagKeyPrefix: "u"), JobQuery(key: .text("parent")), JobQuery(parent: JobID(7)),
            JobQuery(submitted: .distantPast ..< .distantFuture), JobQuery(finished: .distantPast ..< .distantFuture),
            JobQuery(ids: [JobID(1), JobID(.max)]),
        ]
    }

    /// Makes all changing calls, in a random order.
    mutating func work(steps: Int) async {
        let store = store
        let lease = generator.hostileInteger()
        for lease in [Duration.seconds(1000), .milliseconds(lease)] {
            let now = now()
            if let id = await call(
                "openWorker", { () throws(QueueError) in try await store.openWorker(lease: lease, at: HostTime(now)) })
            {
                workers.append(id)
            }
        }
        for _ in 0..<steps { await step() }
        let now = now()
        await call("flush") { () throws(QueueError) in try await store.flush() }
        for id in workers {
            await call("closeWorker") { () throws(QueueError) in try await store.closeWorker(id, at: now) }
        }
    }

    private mutating func step() async {
        let store = store
        let (now, id, worker) = (now(), job(), worker())
        switch generator.roll(24) {
        case ..<4: await submit(at: now)
        case ..<10: await turn(by: worker, at: now)
        case 10:
            let maximum = generator.roll(4)
            await call("recover") { () throws(QueueError) in
                try await store.recover(at: HostTime(now), maximumCrashes: maximum)
            }
        case 11:
            await call("renewLease") { () throws(QueueError) in
                try await store.renewLease(of: worker, at: HostTime(now))
            }
        case 12:
            let attempt = running.last?.attempt ?? Int(truncatingIfNeeded: generator.hostileInteger())
            let job = running.last?.id ?? id
            await call("saveCheckpoint") { () throws(QueueError) in
                try await store.saveCheckpoint([1, 2, 3], of: job, attempt: attempt)
            }
        case 13: await call("cancel") { () throws(QueueError) in try await store.cancel(id, at: now) }
        case 14: await call("resubmit") { () throws(QueueError) in try await store.resubmit(id, at: now) }
        case 15: await call("deleteEnded") { () throws(QueueError) in try await store.deleteEnded(id) }
        case 16: await bulk(at: now)
        case 17:
            let target = generator.pick([Pause.Target.queue, .domain("m"), .group("g")])
            let until = generator.roll(2) == 0 ? nil : self.now()
            await call("pause") { () throws(QueueError) in
                try await store.pause(Pause(target, reason: "r", until: until, stopsRunning: true), at: now)
            }
        case 18:
            await call("resume") { () throws(QueueError) in try await store.resume(.queue, reason: nil, at: now) }
        case ..<21: await schedule(at: now)
        case 21:
            let age = Duration.milliseconds(generator.hostileInteger())
            await call("prune") { () throws(QueueError) in
                try await store.prune(RetentionPolicy(maximumCount: 3, maximumAge: age), limit: 5, at: now)
            }
        case 22: await call("expire") { () throws(QueueError) in try await store.expire(limit: 5, at: now) }
        default:
            await call("resetStatistics") { () throws(QueueError) in try await store.resetStatistics(of: "m.child") }
        }
    }

    private mutating func submission(at now: Timestamp) -> JobSubmission {
        var job = JobSubmission(
            type: generator.pick(["work", "m.child", "m.parent", "new"]), payload: generator.bytes(upTo: 30),
            payloadVersion: Int(Int32.max), priority: Priority(rawValue: UInt8(generator.roll(256))))
        if generator.roll(3) == 0 { job.group = generator.pick(["g", "held", "h"]) }
        if generator.roll(3) == 0 { job.key = .text(generator.pick(["parent", "n", "x"])) }
        job.onDuplicate = Uniqueness.DuplicateStrategy(rawValue: UInt8(generator.roll(4))) ?? .skip
        if generator.roll(4) == 0 { job.runAfter = self.now() }
        if generator.roll(4) == 0 { job.expiresAt = self.now() }
        if generator.roll(4) == 0 { job.dependencies = [.job(self.job())] }
        if generator.roll(4) == 0 { job.parent = running.last?.id ?? self.job() }
        if generator.roll(4) == 0 { job.timeout = .nanoseconds(max(generator.hostileInteger(), 1)) }
        if generator.roll(4) == 0 { job.expectedIO = IOAmount(diskRead: max(generator.hostileInteger(), 0)) }
        if generator.roll(4) == 0 { job.retry = .default }
        if generator.roll(4) == 0 { job.tags = [Tag("user", "1")] }
        return job
    }

    private mutating func submit(at now: Timestamp) async {
        let store = store
        let batch = (0...generator.roll(3)).map { _ in submission(at: now) }
        let outcomes = await call("submit") { () throws(QueueError) in
            try JobSubmission.validate(batch)
            return try await store.submit(contentsOf: batch, at: now)
        }
        known += (outcomes ?? []).map(\.id)
    }

    private mutating func turn(by worker: WorkerID, at now: Timestamp) async {
        let store = store
        var ends: [Completion] = []
        while let job = running.popLast(), ends.count < 3 {
            ends.append(
                Completion(
                    id: job.id, attempt: job.attempt, worker: job.worker ?? worker, end: end(), startedAt: self.now(),
                    endedAt: self.now(), io: IOAmount(networkSent: generator.hostileInteger())))
        }
        let request = ClaimRequest(worker: worker, limit: generator.roll(5), rules: .hostile, preemptsAt: .realtime)
        let result = await call("turn") { () throws(QueueError) in
            try await store.turn(finishing: ends, claiming: request, at: now)
        }
        running += result?.claimed ?? []
    }

    private mutating func end() -> Completion.End {
        let failure = JobFailure(.retryable, "no")
        switch generator.roll(9) {
        case 0: return .retry(at: now(), failure)
        case 1: return .retryInPlace(failure)
        case 2: return .failure(failure)
        case 3: return .deadLetter(failure)
        case 4: return .cancelled(failure)
        case 5: return .snooze(until: now())
        case 6: return .release(failure)
        case 7: return .preempted(failure)
        default: return .success(output: generator.bytes(upTo: 20))
        }
    }

    private mutating func bulk(at now: Timestamp) async {
        let store = store
        let action = generator.pick([
            BulkAction.cancel, .deleteEnded, .resubmit, .setPriority(.high), .move(toGroup: "h"), .move(toGroup: nil),
        ])
        var cursor: JobQuery.BulkCursor?
        for _ in 0..<4 {
            let place = cursor
            let step = await call("apply") { () throws(QueueError) in
                try await store.apply(action, to: JobQuery(), from: place, limit: 3, at: now)
            }
            guard let next = step?.next else { return }
            cursor = next
        }
    }

    private mutating func schedule(at now: Timestamp) async {
        let store = store
        let id: ScheduleID = generator.pick(["nightly", "other"])
        let (next, expected) = (self.now(), self.now())
        switch generator.roll(5) {
        case 0:
            let job = RecurringJob(
                JobSubmission(type: "work"), .every(.seconds(max(generator.hostileInteger(), 1))),
                timeToLive: .milliseconds(max(generator.hostileInteger(), 1)))
            await call("register") { () throws(QueueError) in
                try job.validate()
                return try await store.register(id, job, first: next, at: now)
            }
        case 1: await call("pause") { () throws(QueueError) in try await store.setPaused(true, schedule: id, at: now) }
        case 2:
            await call("resume") { () throws(QueueError) in try await store.setPaused(false, schedule: id, at: now) }
        case 3:
            await call("remove") { () throws(QueueError) in
                try await store.remove(schedule: id, cancellingJob: true, at: now)
            }
        default:
            let record = await call("schedule") { () throws(QueueError) in try await store.schedule(id) }
            let found = record??.next ?? expected
            let firing = ScheduleFiring(schedule: id, expected: found, due: found, next: next > found ? next : nil)
            await call("fire") { () throws(QueueError) in try await store.fire([firing], at: max(now, found)) }
        }
    }
}

extension AdmissionRules {
    /// Rules with all that a claim can be asked to heed.
    static var hostile: AdmissionRules {
        AdmissionRules(
            generation: 1, types: ["work": 0, "m.child": 1, "m.parent": 1, "n.late": 2, "new": 0],
            domains: [DomainRule(name: ""), DomainRule(name: "m", limit: 50), DomainRule(name: "n")],
            groups: ["g": GroupRule(limit: 2, rate: .perSecond(5)), "h": GroupRule(limit: 1, scope: .worker)],
            otherGroups: GroupRule(limit: 40),
            typeRates: ["work": TypeRate(bucket: "work", limit: .perMinute(3000, burst: 20))],
            aging: AgingPolicy(grace: .seconds(1), interval: .seconds(1), ceiling: .realtime),
            fairShare: FairSharePolicy(groups: ["g": FairSharePolicy.Share(weight: 3, minimumSlots: 1)]),
            ioBudget: IOAmount(diskRead: 5000, diskWritten: .max, networkReceived: .max, networkSent: .max))
    }
}
