import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum RecurringFiringChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D13 an occurrence is a job with all settings of its schedule, marked with the schedule") {
            scene in
            _ = try await scene.store.register("s", .full, first: t(10), at: t(1))
            let id = try await scene.fired("s", at: t(12))
            let full = RecurringJob.full.submission
            var expected = JobRecord(
                id: id, type: "work", priority: .background, payload: [1, 2, 3], submittedAt: t(12))
            expected.payloadVersion = 4
            expected.group = "g"
            expected.key = .text("k")
            expected.label = "nightly"
            expected.tags = full.tags
            expected.failFast = false
            expected.retry = full.retry
            expected.timeout = full.timeout
            expected.expectedIO = full.expectedIO
            expected.expiresAt = t(42)
            expected.occurrence = ScheduleRecord.Occurrence(schedule: "s", due: t(10))
            #expect(try await scene.record(id) == expected)
            try await scene.claimOnly(id, at: t(12))
        },
        ConformanceCheck("D13 firing an occurrence advances its schedule") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let outcome = try await scene.fire("s", at: t(11))
            guard case .fired(.inserted(let id, changes: _), hasEnded: false) = outcome else {
                Issue.record("\(outcome)")
                return
            }
            var expected = ScheduleRecord(id: "s", job: .plain, next: t(20), registeredAt: t(1))
            expected.occurrences = 1
            expected.lastJob = id
            expected.lastDue = t(10)
            #expect(try await scene.store.schedule("s") == expected)
        },
        ConformanceCheck("D13 only one of two workers fires an occurrence") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let firing = ScheduleFiring(schedule: "s", expected: t(10), due: t(10), next: t(20))
            #expect(try await scene.store.fire([firing, firing], at: t(10)).last == .notDue, "in one call")
            let before = try await scene.dump()
            #expect(try await scene.store.fire([firing], at: t(10)) == [.notDue], "in another call")
            #expect(try await scene.dump().differences(from: before).isEmpty)
        },
        ConformanceCheck("D13 workers that fire concurrently fire each occurrence once") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let firing = ScheduleFiring(schedule: "s", expected: t(10), due: t(10), next: t(20))
            let store = scene.store
            let outcomes = try await withThrowingTaskGroup(of: [FiringOutcome].self) { group in
                for _ in 0..<8 { group.addTask { try await store.fire([firing], at: t(10)) } }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(outcomes.filter { $0 != .notDue }.count == 1)
            #expect(try await store.count(JobQuery()) == 1)
        },
        ConformanceCheck("D13 an occurrence is not fired if it is not due or its schedule is unknown or paused") {
            scene in
            _ = try await scene.store.register("early", .plain, first: t(10), at: t(1))
            _ = try await scene.store.register("paused", .plain, first: t(5), at: t(1))
            _ = try await scene.store.setPaused(true, schedule: "paused", at: t(2))
            let before = try await scene.dump()
            let firings = [
                ScheduleFiring(schedule: "early", expected: t(10), due: t(10), next: t(20)),
                ScheduleFiring(schedule: "paused", expected: t(5), due: t(5), next: t(15)),
                ScheduleFiring(schedule: "unknown", expected: t(5), due: t(5), next: t(15)),
            ]
            #expect(try await scene.store.fire(firings, at: t(9)) == [.notDue, .notDue, .notDue])
            #expect(try await scene.dump().differences(from: before).isEmpty)
        },
        ConformanceCheck("D13 an occurrence whose predecessor has not ended is skipped and not counted") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let id = try await scene.fired("s", at: t(10))
            #expect(try await scene.fire("s", at: t(20)) == .skipped(predecessor: id, hasEnded: false), "pending")
            let running = try await scene.claimOnly(id, at: t(21))
            #expect(try await scene.fire("s", at: t(30)) == .skipped(predecessor: id, hasEnded: false), "running")
            try await scene.finish(running, .retry(at: t(60), .passing), at: t(31))
            #expect(try await scene.fire("s", at: t(40)) == .skipped(predecessor: id, hasEnded: false), "retrying")
            let record = try await scene.store.schedule("s")
            #expect(record?.occurrences == 1)
            #expect(record?.skipped == 3)
            #expect(record?.next == t(50))
            #expect(record?.lastDue == t(10))
            try await scene.run(id, at: t(60))
            let next = try await scene.fired("s", at: t(61))
            #expect(try await scene.record(next).occurrence?.due == t(50))
            #expect(try await scene.store.count(JobQuery()) == 2)
        },
        ConformanceCheck("D13 a predecessor that waits for its children has not ended") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let id = try await scene.fired("s", at: t(10))
            let running = try await scene.claimOnly(id, at: t(11))
            let child = try await scene.add(.child(of: id), at: t(12))
            #expect(try await scene.finish(running, at: t(13)) == .recorded(.waiting))
            #expect(try await scene.fire("s", at: t(20)) == .skipped(predecessor: id, hasEnded: false))
            try await scene.run(child, at: t(21))
            try await scene.run(id, at: t(22))
            try await scene.fired("s", at: t(30))
        },
        ConformanceCheck("D13 a predecessor that failed, was cancelled or expired has ended") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            try await scene.run(scene.fired("s", at: t(10)), .deadLetter(.passing), at: t(11))
            let second = try await scene.fired("s", at: t(20))
            _ = try await scene.store.cancel(second, at: t(21))
            try await scene.fired("s", at: t(30))
            #expect(try await scene.store.schedule("s")?.skipped == 0)
        },
        ConformanceCheck("D13 a predecessor that was deleted has ended") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let first = try await scene.fired("s", at: t(10))
            try await scene.run(first, at: t(11))
            #expect(try await scene.store.deleteEnded(first))
            let second = try await scene.fired("s", at: t(20))
            try await scene.run(second, at: t(21))
            _ = try await scene.store.prune(RetentionPolicy(maximumCount: 0), limit: 10, at: t(22))
            #expect(try await scene.store.job(second) == nil)
            try await scene.fired("s", at: t(30))
        },
        ConformanceCheck("D13 a copy of an occurrence's job replaces it as the predecessor, and keeps its mark") {
            scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let first = try await scene.fired("s", at: t(10))
            try await scene.run(first, .deadLetter(.passing), at: t(11))
            let again = try await scene.store.resubmit(first, at: t(12)).id
            #expect(try await scene.record(again).occurrence == ScheduleRecord.Occurrence(schedule: "s", due: t(10)))
            #expect(try await scene.fire("s", at: t(20)) == .skipped(predecessor: again, hasEnded: false))
            try await scene.run(again, at: t(21))
            let second = try await scene.fired("s", at: t(30))
            _ = try await scene.store.resubmit(first, at: t(31))
            #expect(try await scene.store.schedule("s")?.lastJob == second, "a copy of an older one does not")
        },
        ConformanceCheck("D13 an occurrence that runs once more is the predecessor until its copy has ended") { scene in
            let job = RecurringJob(.keyed("k"), .every(.seconds(10)))
            _ = try await scene.store.register("s", job, first: t(10), at: t(1))
            let first = try await scene.fired("s", at: t(10))
            let running = try await scene.claimOnly(first, at: t(11))
            #expect(try await scene.store.submit(.keyed("k", .rerun), at: t(12)) == .rerunQueued(first))
            try await scene.finish(running, at: t(13))
            let copy = try #require(try await scene.store.schedule("s")?.lastJob)
            #expect(copy != first)
            #expect(try await scene.record(copy).origin == first)
            #expect(try await scene.fire("s", at: t(20)) == .skipped(predecessor: copy, hasEnded: false))
        },
        ConformanceCheck("D13 a schedule ends after its maximum of occurrences, not counting skipped ones") { scene in
            _ = try await scene.store.register("s", .full, first: t(10), at: t(1))
            let first = try await scene.fired("s", at: t(10))
            #expect(try await scene.fire("s", at: t(20)) == .skipped(predecessor: first, hasEnded: false))
            try await scene.run(first, at: t(21))
            guard case .fired(_, hasEnded: true) = try await scene.fire("s", at: t(30)) else {
                Issue.record("the second of two occurrences is the last")
                return
            }
            let record = try #require(try await scene.store.schedule("s"))
            #expect(record.hasEnded)
            #expect(record.occurrences == 2)
            let firing = ScheduleFiring(schedule: "s", expected: t(40), due: t(40), next: t(50))
            #expect(try await scene.store.fire([firing], at: t(40)) == [.notDue])
            #expect(
                try await scene.store.register("s", .full, first: t(50), at: t(50)) == .kept(record),
                "a program that starts again does not begin it again")
        },
        ConformanceCheck("D13 a schedule that has ended starts over only with another recurrence") { scene in
            _ = try await scene.store.register("s", .once, first: t(10), at: t(1))
            try await scene.run(scene.fired("s", at: t(10)), at: t(11))
            let other = RecurringJob(JobSubmission(type: "work", label: "x"), RecurringJob.once.recurrence)
            #expect(try await scene.store.register("s", other, first: t(12), at: t(12)).record.next == nil)
            #expect(try await scene.store.register("s", .plain, first: t(13), at: t(13)).record.next == t(13))
        },
        ConformanceCheck("D13 a schedule ends when there is no next instant") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            _ = try await scene.store.register("skipped", .plain, first: t(10), at: t(1))
            let id = try await scene.fired("skipped", at: t(10))
            let last = [
                ScheduleFiring(schedule: "s", expected: t(10), due: t(10), next: nil),
                ScheduleFiring(schedule: "skipped", expected: t(20), due: t(20), next: nil),
            ]
            let outcomes = try await scene.store.fire(last, at: t(20))
            #expect(
                outcomes == [
                    .fired(.inserted(JobID(id.rawValue + 1)), hasEnded: true),
                    .skipped(predecessor: id, hasEnded: true),
                ])
            #expect(try await scene.store.schedules().allSatisfy(\.hasEnded))
        },
        ConformanceCheck("S5 an occurrence whose key is taken follows its schedule's policy, and counts") { scene in
            let blocker = try await scene.add(.keyed("k"))
            for (index, strategy) in [Uniqueness.DuplicateStrategy.skip, .reject].enumerated() {
                let id = ScheduleID("s\(index)")
                let job = RecurringJob(.keyed("k", strategy), .every(.seconds(10)))
                _ = try await scene.store.register(id, job, first: t(10), at: t(1))
                let expected: SubmitOutcome = strategy == .skip ? .duplicate(of: blocker) : .rejected(existing: blocker)
                #expect(try await scene.fire(id, at: t(10)) == .fired(expected, hasEnded: false))
                #expect(try await scene.store.schedule(id)?.occurrences == 1)
                #expect(try await scene.store.schedule(id)?.lastJob == blocker, "it stands for the occurrence's work")
            }
            let job = RecurringJob(.keyed("k", .supersede), .every(.seconds(10)))
            _ = try await scene.store.register("s", job, first: t(10), at: t(1))
            guard case .fired(.superseded(old: blocker, let by, changes: _), _) = try await scene.fire("s", at: t(10))
            else {
                Issue.record("the blocker should have made place")
                return
            }
            try await scene.expect(blocker, is: .superseded)
            try await scene.claimOnly(by, at: t(11))
        },
        ConformanceCheck("L2 many occurrences are fired in one call, each with its outcome, in order") { scene in
            for index in 0..<50 {
                let job = RecurringJob(
                    JobSubmission(type: "work", priority: 7, label: "\(index)"), .every(.seconds(10)))
                _ = try await scene.store.register(ScheduleID("s\(index)"), job, first: t(10), at: t(1))
            }
            let firings = (0..<50).map {
                ScheduleFiring(schedule: ScheduleID("s\($0)"), expected: t(10), due: t(10), next: t(20))
            }
            let outcomes = try await scene.store.fire(firings, at: t(10))
            #expect(outcomes.count == 50)
            let claimed = try await scene.claim(at: t(11))
            #expect(claimed.map(\.label) == (0..<50).map { "\($0)" })
            for (outcome, record) in zip(outcomes, claimed) {
                #expect(outcome == .fired(.inserted(record.id), hasEnded: false))
            }
        },
        ConformanceCheck("S9 firing an occurrence signals work") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            try await scene.fired("s", at: t(10))
            observation.cancel()
            #expect(log.hasWork)
        },
        ConformanceCheck("D13 an occurrence expires after its own time to live") { scene in
            _ = try await scene.store.register("s", .full, first: t(10), at: t(1))
            let first = try await scene.fired("s", at: t(10))
            #expect(try await scene.claim(at: t(40)).isEmpty)
            try await scene.expect(first, is: .expired)
            let second = try await scene.fired("s", at: t(50))
            try await scene.claimOnly(second, at: t(79))
        },
    ]
}
