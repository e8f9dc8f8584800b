import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum RecurringControlChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D13 a paused schedule keeps its next instant, and continues from it") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            #expect(try await scene.store.setPaused(true, schedule: "s", at: t(2)))
            #expect(try await !scene.store.setPaused(true, schedule: "s", at: t(3)), "it was already")
            var expected = ScheduleRecord(id: "s", job: .plain, next: t(10), registeredAt: t(1))
            expected.pausedAt = t(2)
            #expect(try await scene.store.schedule("s") == expected)
            #expect(try await scene.fire("s", at: t(50)) == .notDue)
            #expect(try await scene.store.setPaused(false, schedule: "s", at: t(60)))
            #expect(try await !scene.store.setPaused(false, schedule: "s", at: t(61)), "it was not")
            expected.pausedAt = nil
            #expect(try await scene.store.schedule("s") == expected)
            // Missed occurrences collapse into the latest.
            let firing = ScheduleFiring(schedule: "s", expected: t(10), due: t(60), next: t(70))
            guard case .fired(let submitted, _) = try await scene.store.fire([firing], at: t(61))[0] else {
                Issue.record("the occurrence is due")
                return
            }
            #expect(try await scene.record(submitted.id).occurrence?.due == t(60))
            let record = try await scene.store.schedule("s")
            #expect(record?.occurrences == 1)
            #expect(record?.next == t(70))
            #expect(record?.lastDue == t(60))
        },
        ConformanceCheck("D13 a paused schedule stays paused when it is registered again or replaced") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            _ = try await scene.store.setPaused(true, schedule: "s", at: t(2))
            #expect(try await scene.store.register("s", .plain, first: t(20), at: t(3)).record.isPaused)
            let replaced = try await scene.store.register("s", .once, first: t(20), at: t(4))
            #expect(replaced.record.pausedAt == t(2))
            #expect(try await scene.store.schedule("s") == replaced.record)
        },
        ConformanceCheck("D13 pausing a schedule does not affect the job that it submitted") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let id = try await scene.fired("s", at: t(10))
            _ = try await scene.store.setPaused(true, schedule: "s", at: t(11))
            #expect(try await scene.run(id, at: t(12)) == .recorded(.completed))
        },
        ConformanceCheck("D13 removing a schedule leaves its job running") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            _ = try await scene.store.register("other", .plain, first: t(10), at: t(1))
            let id = try await scene.fired("s", at: t(10))
            let record = try #require(try await scene.store.schedule("s"))
            let removal = try await scene.store.remove(schedule: "s", cancellingJob: false, at: t(11))
            #expect(removal == ScheduleRecord.Removal(schedule: record))
            #expect(try await scene.store.schedules().map(\.id) == ["other"])
            let firing = ScheduleFiring(schedule: "s", expected: t(20), due: t(20), next: t(30))
            #expect(try await scene.store.fire([firing], at: t(20)) == [.notDue])
            #expect(try await scene.record(id).occurrence?.schedule == "s", "the job still says where it came from")
            #expect(try await scene.run(id, at: t(21)) == .recorded(.completed))
        },
        ConformanceCheck("D13 a removed schedule can be registered again, and starts over") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let id = try await scene.fired("s", at: t(10))
            _ = try await scene.store.remove(schedule: "s", cancellingJob: false, at: t(11))
            let again = ScheduleRecord(id: "s", job: .plain, next: t(12), registeredAt: t(12))
            #expect(try await scene.store.register("s", .plain, first: t(12), at: t(12)) == .added(again))
            #expect(try await scene.fired("s", at: t(12)) != id)
        },
        ConformanceCheck("D13 a schedule is removed together with its pending job, and with the changes that follow") {
            scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let id = try await scene.fired("s", at: t(10))
            let dependent = try await scene.add(.after(id), at: t(11))
            let removal = try await scene.store.remove(schedule: "s", cancellingJob: true, at: t(12))
            guard case .cancelled(let changes) = removal.job else {
                Issue.record("\(String(describing: removal.job))")
                return
            }
            #expect(changes.map(\.id) == [dependent])
            try await scene.expect(id, is: .cancelled)
            try await scene.expect(dependent, is: .dependencyFailed)
        },
        ConformanceCheck("D13 a schedule is removed together with its running job, which is asked to stop") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            let id = try await scene.fired("s", at: t(10))
            let running = try await scene.claimOnly(id, at: t(11))
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            let removal = try await scene.store.remove(schedule: "s", cancellingJob: true, at: t(12))
            observation.cancel()
            #expect(removal.job == .requested(worker: scene.worker))
            #expect(log.stopped == [id])
            #expect(try await scene.finish(running, at: t(13)) == .recorded(.cancelled))
        },
        ConformanceCheck(
            "D13 removing a schedule with its job reports whether the job has ended, is gone or never existed"
        ) {
            scene in
            for name in ["never", "ended", "gone"] as [ScheduleID] {
                _ = try await scene.store.register(name, .plain, first: t(10), at: t(1))
            }
            try await scene.run(scene.fired("ended", at: t(10)), at: t(11))
            let gone = try await scene.fired("gone", at: t(10))
            try await scene.run(gone, at: t(11))
            _ = try await scene.store.deleteEnded(gone)
            #expect(try await scene.store.remove(schedule: "never", cancellingJob: true, at: t(12)).job == nil)
            #expect(
                try await scene.store.remove(schedule: "ended", cancellingJob: true, at: t(12)).job
                    == .alreadyEnded(.completed))
            #expect(try await scene.store.remove(schedule: "gone", cancellingJob: true, at: t(12)).job == .unknown)
        },
        ConformanceCheck("D13 pausing, resuming or removing an unknown schedule is refused") { scene in
            _ = try await scene.store.register("s", .plain, first: t(10), at: t(1))
            try await scene.refused(.unknownSchedule) {
                _ = try await scene.store.setPaused(true, schedule: "x", at: t(2))
            }
            try await scene.refused(.unknownSchedule) {
                _ = try await scene.store.setPaused(false, schedule: "x", at: t(2))
            }
            try await scene.refused(.unknownSchedule) {
                _ = try await scene.store.remove(schedule: "x", cancellingJob: true, at: t(2))
            }
        },
    ]
}
