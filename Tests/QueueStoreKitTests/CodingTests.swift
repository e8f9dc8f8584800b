import Foundation
import QueueBackoff
import QueueModel
import QueueStoreKit
import Testing

/// Stores may write down, or send, what they are given.
@Suite("What stores are given, as JSON") struct CodingTests {
    private func expectSame<Value: Codable & Equatable>(
        _ value: Value, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let read = try JSONDecoder().decode(Value.self, from: try JSONEncoder().encode(value))
        #expect(read == value, sourceLocation: sourceLocation)
    }

    private let now = Timestamp(milliseconds: 1_700_000_000_123)

    private var submission: JobSubmission {
        JobSubmission(
            type: "media.thumbnail", payload: [0, 255, 10], payloadVersion: 3, priority: .high, group: "g\"é",
            key: .text("k\nl"), onDuplicate: .supersede, label: "\u{10FFFF}", tags: [Tag("a", ""), Tag("b", "c")],
            runAfter: now, expiresAt: now.advanced(by: .seconds(1)), dependencies: [.job(JobID(7)), .submission(2)],
            dependencyPolicy: .ignore, parent: JobID(.max), failFast: false,
            retry: .exponential(from: .milliseconds(1), factor: 1.5, upTo: .seconds(60), jitter: .full, retries: 5),
            timeout: .nanoseconds(1), expectedIO: IOAmount(diskRead: .max, networkSent: 1))
    }

    @Test("S1 a submission reads back as itself")
    func submissions() throws {
        try expectSame(submission)
        try expectSame(JobSubmission(type: "plain"))
        var keyed = submission
        keyed.key = .payload([1, 2, 3])
        keyed.origin = JobID(1)
        keyed.occurrence = ScheduleRecord.Occurrence(schedule: "s", due: now)
        try expectSame(keyed)
    }

    @Test("C3 a completion of any kind reads back as itself, without its effects")
    func completions() throws {
        let failure = JobFailure(.timedOut, "late\0")
        let ends: [Completion.End] = [
            .success(output: nil), .success(output: []), .success(output: [1]), .retry(at: now, failure),
            .retryInPlace(failure), .failure(failure), .deadLetter(failure), .cancelled(failure), .snooze(until: now),
            .release(failure), .preempted(failure),
        ]
        for end in ends {
            let completion = Completion(
                id: JobID(1), attempt: 2, worker: WorkerID(rawValue: 3), end: end, startedAt: now, endedAt: now,
                io: IOAmount(diskWritten: 9))
            try expectSame(completion)
        }
        final class Effect: CompletionEffect {}
        var completion = Completion(
            id: JobID(1), attempt: 2, worker: WorkerID(rawValue: 3), end: .success(output: nil), startedAt: now,
            endedAt: now, effects: [Effect()])
        let read = try JSONDecoder().decode(Completion.self, from: try JSONEncoder().encode(completion))
        #expect(read.effects.isEmpty)
        completion.effects = []
        #expect(read == completion)
    }

    @Test("D1 what a claim asks for reads back as itself")
    func claims() throws {
        let rules = AdmissionRules(
            generation: .max, types: ["a": 0, "b.c": 1],
            domains: [DomainRule(name: ""), DomainRule(name: "b", limit: 2)],
            groups: ["g": GroupRule(limit: 0, scope: .worker, rate: .perSecond(5, burst: 9))],
            otherGroups: GroupRule(limit: 4), concurrency: 8,
            typeRates: ["a": TypeRate(bucket: "a", limit: RateLimit(3, per: .milliseconds(7)))], leastPriority: .normal,
            aging: AgingPolicy(grace: .seconds(1), interval: .milliseconds(5), ceiling: .realtime),
            fairShare: FairSharePolicy(
                groups: ["g": FairSharePolicy.Share(weight: 3, minimumSlots: 1, maximumSlots: 2)], urgent: .high),
            ioBudget: IOAmount(diskRead: .max))
        try expectSame(rules)
        let request = ClaimRequest(worker: WorkerID(rawValue: 1), limit: 5, rules: rules, preemptsAt: .realtime)
        let read = try JSONDecoder().decode(ClaimRequest.self, from: try JSONEncoder().encode(request))
        #expect(read.worker == request.worker && read.limit == 5 && read.preemptsAt == .realtime)
        #expect(read.rules == rules)
    }

    @Test("Q1 what control is given reads back as itself")
    func control() throws {
        var query = JobQuery(
            states: [.pending, .expired], types: ["a"], domain: "d", group: "g",
            priorities: .high ... .idle, tags: [Tag("a", "b")], anyTags: [Tag("c", "d")], tagKeyPrefix: "",
            key: .text("k"), parent: JobID(3), submitted: now..<now.advanced(by: .seconds(1)),
            ids: [JobID(1), JobID(2)],
            order: .lastFinishedFirst,
            limit: 7)
        query.after = JobQuery.Cursor(id: JobID(5))
        try expectSame(query)
        for action in [
            BulkAction.cancel, .deleteEnded, .resubmit, .setPriority(.idle), .move(toGroup: nil), .move(toGroup: "g"),
        ] {
            try expectSame(action)
        }
        for target in [Pause.Target.queue, .domain(""), .group("g")] {
            try expectSame(Pause(target, reason: "r", until: now, stopsRunning: true))
        }
        try expectSame(RetentionPolicy(maximumCount: 1, maximumAge: .seconds(2)))
    }

    @Test("D13 a recurring job reads back as itself")
    func recurring() throws {
        let plain = JobSubmission(type: "work", payload: [1])
        try expectSame(RecurringJob(plain, .every(.seconds(60)), timeToLive: .seconds(3)))
        try expectSame(
            ScheduleFiring(schedule: "s", expected: now, due: now.advanced(by: .seconds(-1)), next: nil))
    }

    @Test("Q2 counts by state are an object of the states' names, and read back as themselves")
    func counts() throws {
        let counts = StateCounts(Dictionary(uniqueKeysWithValues: JobState.allCases.map { ($0, Int($0.rawValue) + 1) }))
        try expectSame(counts)
        try expectSame(StateCounts())
        let text = Data(#"{"pending": 3, "dependencyFailed": 1, "unheard": 9}"#.utf8)
        let read = try JSONDecoder().decode(StateCounts.self, from: text)
        #expect(read == StateCounts([.pending: 3, .dependencyFailed: 1]))
    }

    @Test("Q2 a store's snapshot reads back as itself, with types and groups as keys")
    func snapshots() throws {
        var schedule = ScheduleRecord(
            id: "s", job: RecurringJob(JobSubmission(type: "work"), .every(.seconds(1))), next: now, registeredAt: now)
        schedule.pausedAt = now
        let counts = StoreSnapshot.ActiveCounts(StateCounts([.pending: 2]), due: 1)
        let snapshot = StoreSnapshot(
            counts: StateCounts([.pending: 2, .failed: 1]), types: ["a.b": counts], groups: ["g": counts],
            withoutGroup: counts, oldestPending: .init(id: JobID(1), submittedAt: now),
            rates: [
                StoreSnapshot.RateStatus(owner: .type("a.b"), limit: .perSecond(1), tokens: 0, nextToken: now),
                StoreSnapshot.RateStatus(owner: .group("g"), limit: .perSecond(1), tokens: 1, nextToken: nil),
            ],
            pauses: [Pause(.group("g"), until: now)], schedules: [schedule],
            workers: [
                StoreSnapshot.WorkerStatus(
                    id: WorkerID(rawValue: 1), process: 7, openedAt: now, renewedAt: now, lease: .seconds(30),
                    running: 2)
            ])
        try expectSame(snapshot)
        let text = try JSONEncoder().encode(snapshot)
        let read = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
        #expect((read["types"] as? [String: Any])?.keys.map { $0 } == ["a.b"])
    }
}
