import QueueBackoff
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum RecurringChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D13 a registered schedule is stored with all its settings") { scene in
            let outcome = try await scene.store.register("s", .full, first: t(10), at: t(1))
            var expected = ScheduleRecord(id: "s", job: .full, next: t(10), registeredAt: t(1))
            #expect(outcome == .added(expected))
            #expect(try await scene.store.schedule("s") == expected)
            expected.id = "other"
            #expect(try await scene.store.schedule("other") == nil)
            #expect(try await scene.store.schedules().map(\.id) == ["s"])
        },
        ConformanceCheck("D13 the payload of a schedule may be empty, large, or any bytes") { scene in
            let payloads: [[UInt8]] = [[], [0], Array(repeating: 7, count: 100_000)]
            for (index, payload) in payloads.enumerated() {
                let job = RecurringJob(
                    JobSubmission(type: "work", payload: payload, key: .payload(payload)), .every(.seconds(10)))
                let id = ScheduleID("s\(index)")
                _ = try await scene.store.register(id, job, first: t(10), at: t(1))
                #expect(try await scene.store.schedule(id)?.job == job)
            }
        },
        ConformanceCheck("D13 registering the same schedule again changes nothing") { scene in
            let added = try await scene.store.register("s", .full, first: t(10), at: t(1))
            let before = try await scene.dump()
            #expect(try await scene.store.register("s", .full, first: t(20), at: t(5)) == .kept(added.record))
            #expect(try await scene.dump().differences(from: before).isEmpty)
        },
        ConformanceCheck(
            "D13 a schedule that has fired keeps its next instant and its counts when registered again"
        ) {
            scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let id = try await scene.fired("s", at: t(10))
            let kept = try await scene.store.register("s", .plain, first: t(12), at: t(12)).record
            #expect(kept.next == t(20))
            #expect(kept.occurrences == 1)
            #expect(kept.lastJob == id)
            #expect(kept.registeredAt == t(1))
        },
        ConformanceCheck("D13 a schedule with a changed payload keeps its rhythm, and submits the new payload") {
            scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            try await scene.run(scene.fired("s", at: t(10)), at: t(11))
            let other = RecurringJob(JobSubmission(type: "other", payload: [9]), .every(.seconds(10)))
            let outcome = try await scene.store.register("s", other, first: t(12), at: t(12))
            var expected = ScheduleRecord(id: "s", job: other, next: t(20), registeredAt: t(1))
            expected.occurrences = 1
            expected.lastJob = outcome.record.lastJob
            expected.lastDue = t(10)
            #expect(outcome == .replaced(expected))
            let id = try await scene.fired("s", at: t(20))
            #expect(try await scene.record(id).payload == [9])
            #expect(try await scene.record(id).type == "other")
        },
        ConformanceCheck("D13 a schedule with a changed recurrence starts over") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let id = try await scene.fired("s", at: t(10))
            let other = RecurringJob(JobSubmission(type: "work"), .every(.seconds(60)))
            let record = try await scene.store.register("s", other, first: t(12), at: t(12)).record
            #expect(record.next == t(12))
            #expect(record.occurrences == 0)
            #expect(record.registeredAt == t(12))
            #expect(record.lastJob == id, "what still runs of the old one is the predecessor of the new")
            #expect(
                try await scene.fire("s", at: t(12), every: 60) == .skipped(predecessor: id, hasEnded: false))
        },
        ConformanceCheck("D13 schedules are listed by the bytes of their names") { scene in
            for name in ["b", "a", "é", "e\u{301}", "B"] {
                _ = try await scene.store.register(ScheduleID(name), .plain, first: t(10), at: t(1))
            }
            let names = try await scene.store.schedules().map { Array($0.id.rawValue.utf8) }
            #expect(names == ["B", "a", "b", "e\u{301}", "é"].map { Array($0.utf8) })
        },
        ConformanceCheck("D13 schedules are kept when the store is reopened", requires: .persistent) { scene in
            _ = try await scene.store.register("s", .full, first: t(10), at: t(1))
            _ = try await scene.store.register("paused", .plain, first: t(10), at: t(1))
            _ = try await scene.store.setPaused(true, schedule: "paused", at: t(2))
            let id = try await scene.fired("s", at: t(10))
            let before = try await scene.dump()
            let later = try await scene.reopened()
            #expect(try await later.dump().differences(from: before).isEmpty)
            #expect(try await later.fire("s", at: t(20)) == .skipped(predecessor: id, hasEnded: false))
        },
        ConformanceCheck(
            "D13 an agenda lists due occurrences of the given types, the earliest first, and the next one"
        ) {
            scene in
            for (name, type, first) in [
                ("late", "work", 40), ("b", "work", 10), ("a", "work", 10), ("first", "other", 5),
                ("foreign", "third", 7), ("next", "other", 30), ("foreign too", "third", 20),
            ] {
                let job = RecurringJob(JobSubmission(type: JobType(type)), .every(.seconds(10)))
                _ = try await scene.store.register(ScheduleID(name), job, first: t(Int64(first)), at: t(1))
            }
            let types: Set<JobType> = ["work", "other"]
            let agenda = try await scene.store.agenda(of: types, at: t(10))
            #expect(agenda.due.map(\.id) == ["first", "a", "b"])
            #expect(agenda.due.map(\.type) == ["other", "work", "work"])
            #expect(agenda.due.map(\.due) == [t(5), t(10), t(10)])
            #expect(agenda.due.allSatisfy { $0.recurrence == .every(.seconds(10)) })
            #expect(agenda.next == t(30))
            #expect(agenda.others == ["third"])
            #expect(try await scene.store.agenda(of: types, at: t(4)) == ScheduleAgenda(next: t(5)))
            #expect(try await scene.store.agenda(of: types, at: t(40)).next == nil)
        },
        ConformanceCheck("D13 an agenda omits paused, ended and removed schedules") { scene in
            for name in ["paused", "ended", "gone"] as [ScheduleID] {
                _ = try await scene.store.register(name, .once, first: t(10), at: t(1))
            }
            try await scene.fired("ended", at: t(10))
            _ = try await scene.store.setPaused(true, schedule: "paused", at: t(2))
            _ = try await scene.store.remove(schedule: "gone", cancellingJob: false, at: t(2))
            #expect(try await scene.store.agenda(of: ["work"], at: t(5)) == ScheduleAgenda())
            #expect(try await scene.store.agenda(of: ["work"], at: t(50)) == ScheduleAgenda())
        },
        ConformanceCheck("S9 registering, changing and resuming a schedule signal it, and keeping it does not") {
            scene in
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            #expect(log.all == [.schedules])
            log.clear()
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(2))
            _ = try await scene.store.setPaused(false, schedule: "s", at: t(2))
            #expect(log.all.isEmpty)
            _ = try await scene.store.register("s", .full, first: t(10), at: t(3))
            #expect(log.all == [.schedules])
            _ = try await scene.store.setPaused(true, schedule: "s", at: t(4))
            log.clear()
            _ = try await scene.store.setPaused(false, schedule: "s", at: t(5))
            #expect(log.all == [.schedules])
            observation.cancel()
        },
    ]
}

extension RecurringJob {
    /// A plain job of the type `work` every ten seconds.
    static let plain = RecurringJob(JobSubmission(type: "work"), .every(.seconds(10)))
    /// The same job, once.
    static let once = RecurringJob(JobSubmission(type: "work"), .every(.seconds(10), occurrences: 1))
    /// A job with every setting of a recurring job, twice.
    static let full = RecurringJob(
        JobSubmission(
            type: "work", payload: [1, 2, 3], payloadVersion: 4, priority: .background, group: "g", key: .text("k"),
            onDuplicate: .supersede, label: "nightly", tags: [QueueModel.Tag("a", "b"), QueueModel.Tag("c", "")],
            failFast: false, retry: .immediate(retries: 7), timeout: .milliseconds(1500),
            expectedIO: IOAmount(diskRead: 5)),
        .every(.seconds(10), occurrences: 2, after: .seconds(9)), timeToLive: .seconds(30))
}

extension Scene {
    /// Fires the next occurrence of a schedule, as a worker would at an instant.
    @discardableResult
    func fire(
        _ id: ScheduleID, at now: Timestamp, every seconds: Int64 = 10
    ) async throws -> FiringOutcome {
        let expected = try #require(try await store.schedule(id)?.next, "the schedule \(id) has no occurrence more")
        let firing = ScheduleFiring(
            schedule: id, expected: expected, due: expected, next: expected.advanced(by: .seconds(seconds)))
        let outcomes = try await store.fire([firing], at: now)
        try #require(outcomes.count == 1, "one firing has one outcome, not \(outcomes.count)")
        return outcomes[0]
    }

    /// Fires an occurrence, requires that its job is new, and returns its id.
    @discardableResult
    func fired(_ id: ScheduleID, at now: Timestamp) async throws -> JobID {
        let outcome = try await fire(id, at: now)
        guard case .fired(let submitted, _) = outcome, submitted.isNew else {
            throw QueueError(.notPossibleNow, "the schedule \(id) should have submitted a job: \(outcome)")
        }
        return submitted.id
    }
}
