import QueueModel
import QueueStoreKit
import Testing

enum StatisticsChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("Q2 a type has no statistics before one of its jobs is claimed or ends") { scene in
            #expect(try await scene.store.statistics(of: nil, at: t(0)).isEmpty)
            try await scene.add("work")
            #expect(try await scene.store.statistics(of: "work", at: t(0)).isEmpty)
            #expect(try await scene.store.statistics(of: "never", at: t(0)).isEmpty)
        },
        ConformanceCheck("Q2 a completed job adds its wait, its duration and its bytes") { scene in
            let id = try await scene.add("work", at: t(0))
            let record = try await scene.claimOnly(id, at: t(4))
            let io = IOAmount(diskRead: 10, networkSent: 3)
            try await scene.turn(finishing: [.of(record, at: t(7), io: io)], at: t(9))
            let statistics = try await scene.statistics(of: "work", at: t(9))
            #expect(statistics.since == t(4))
            #expect(statistics.ended == StateCounts([.completed: 1]))
            #expect(statistics.claims == 1)
            #expect(statistics.meanWait == .seconds(4))
            #expect(statistics.durations.count == 1)
            #expect(statistics.durations.mean == .seconds(3))
            #expect(statistics.meanIO == io)
            #expect(statistics.failures == 0)
            #expect(statistics.retries == 0)
        },
        ConformanceCheck("Q2 a wait begins with the earliest start, if that is after the submission") { scene in
            try await scene.add(JobSubmission(type: "work", runAfter: t(10)))
            try await scene.claim(1, at: t(12))
            #expect(try await scene.statistics(of: "work").meanWait == .seconds(2))
        },
        ConformanceCheck("Q2 every way in which a job ends is counted once") { scene in
            for state in [JobState.completed, .failed, .deadLettered, .cancelled] { _ = try await scene.ended(state) }
            let cause = try await scene.add("ended")
            try await scene.add(.after(cause, type: "ended"))
            _ = try await scene.store.cancel(cause, at: t(1))
            try await scene.add(.after(cause, type: "ended"))
            try await scene.add(JobSubmission(type: "ended", key: .text("k")))
            _ = try await scene.store.submit(
                JobSubmission(type: "ended", key: .text("k"), onDuplicate: .supersede, expiresAt: t(2)), at: t(1))
            _ = try await scene.store.expire(limit: 10, at: t(3))
            let statistics = try await scene.statistics(of: "ended")
            let counts = try await scene.store.counts()
            #expect(statistics.ended == counts)
            #expect(
                statistics.ended
                    == StateCounts([
                        .completed: 1, .failed: 1, .deadLettered: 1, .cancelled: 2, .dependencyFailed: 2,
                        .superseded: 1, .expired: 1,
                    ]))
            #expect(statistics.failures == 5)
            #expect(statistics.durations.count == 1)
        },
        ConformanceCheck("Q2 a job that expires when it would be claimed is counted as ended and not as claimed") {
            scene in
            try await scene.add(JobSubmission(type: "work", expiresAt: t(2)))
            #expect(try await scene.claim(1, at: t(3)).isEmpty)
            let statistics = try await scene.statistics(of: "work")
            #expect(statistics.ended == StateCounts([.expired: 1]))
            #expect(statistics.claims == 0)
            #expect(statistics.meanWait == nil)
        },
        ConformanceCheck("Q2 children that end with their parent are counted, and so is the parent") { scene in
            let parent = try await scene.add("work")
            let record = try await scene.claimOnly(parent)
            for _ in 0..<2 { try await scene.add(.child(of: parent, type: "other")) }
            try await scene.finish(record)
            _ = try await scene.store.cancel(parent, at: t(3))
            #expect(try await scene.statistics(of: "other").ended == StateCounts([.cancelled: 2]))
            #expect(try await scene.statistics(of: "work").ended == StateCounts([.cancelled: 1]))
        },
        ConformanceCheck("Q2 jobs that a bulk operation ends are counted") { scene in
            try await scene.add(count: 5)
            _ = try await scene.store.apply(.cancel, to: JobQuery(), from: nil, limit: 10, at: t(1))
            #expect(try await scene.statistics(of: "work").ended == StateCounts([.cancelled: 5]))
        },
        ConformanceCheck("Q2 a failed attempt counts as a retry when another follows, in place or later") { scene in
            let id = try await scene.add("work")
            var record = try await scene.claimOnly(id)
            try await scene.finish(record, .retryInPlace(.passing), at: t(2))
            record.attempt += 1
            record.startedAt = t(2)
            try await scene.finish(record, .retry(at: t(4), .passing), at: t(3))
            record = try await scene.claimOnly(id, at: t(4))
            try await scene.finish(record, .deadLetter(.passing), at: t(5))
            let statistics = try await scene.statistics(of: "work")
            #expect(statistics.retries == 2)
            #expect(statistics.claims == 2)
            #expect(statistics.ended == StateCounts([.deadLettered: 1]))
            #expect(statistics.durations.count == 0)
        },
        ConformanceCheck("Q2 an attempt that did not fail counts no retry") { scene in
            let id = try await scene.add("work")
            try await scene.run(id, .snooze(until: t(3)))
            try await scene.run(id, .release(.passing), at: t(4))
            let statistics = try await scene.statistics(of: "work")
            #expect(statistics.retries == 0)
            #expect(statistics.ended == StateCounts())
            #expect(statistics.claims == 2)
        },
        ConformanceCheck("Q2 a stale completion is not counted") { scene in
            let id = try await scene.add("work")
            let record = try await scene.claimOnly(id)
            try await scene.finish(record)
            #expect(try await scene.finish(record) == .stale)
            #expect(try await scene.statistics(of: "work").ended == StateCounts([.completed: 1]))
        },
        ConformanceCheck("Q2 the counts are the same whether jobs end in one transaction or in several") { scene in
            try await scene.add(count: 6)
            let records = try await scene.claim(6)
            try await scene.turn(finishing: records.prefix(4).map { .of($0, at: t(3)) }, at: t(3))
            for record in records.suffix(2) { try await scene.finish(record, at: t(3)) }
            let statistics = try await scene.statistics(of: "work")
            #expect(statistics.ended == StateCounts([.completed: 6]))
            #expect(statistics.durations.count == 6)
            #expect(statistics.durations.minimum == .seconds(2))
            #expect(statistics.durations.maximum == .seconds(2))
        },
        ConformanceCheck("Q2 throughput falls while no job ends") { scene in
            _ = try await scene.ended(.completed)
            let first = try await scene.statistics(of: "ended", at: t(0)).throughput
            let later = try await scene.statistics(of: "ended", at: t(60)).throughput
            #expect(first.minute == 1.0 / 60)
            #expect(first.hour == 1.0 / 3600)
            #expect(abs(later.minute / first.minute - 0.367_879_441_171_442_3) < 1e-9)
            #expect(later.hour < first.hour)
        },
        ConformanceCheck("Q2 types are listed by the bytes of their names, and deleting jobs changes nothing") {
            scene in
            let ids = [
                try await scene.ended(.cancelled, JobSubmission(type: "b")),
                try await scene.ended(.cancelled, JobSubmission(type: "B")),
                try await scene.ended(.cancelled, JobSubmission(type: "ä")),
            ]
            let before = try await scene.store.statistics(of: nil, at: t(1))
            #expect(before.map(\.type) == ["B", "b", "ä"])
            for id in ids { #expect(try await scene.store.deleteEnded(id)) }
            #expect(try await scene.store.statistics(of: nil, at: t(1)) == before)
        },
        ConformanceCheck("Q2 statistics of a type can be reset, and counting starts over") { scene in
            _ = try await scene.ended(.cancelled, JobSubmission(type: "a"))
            _ = try await scene.ended(.cancelled, JobSubmission(type: "b"))
            try await scene.store.resetStatistics(of: "a")
            #expect(try await scene.store.statistics(of: nil, at: t(1)).map(\.type) == ["b"])
            _ = try await scene.ended(.completed)
            _ = try await scene.ended(.cancelled, JobSubmission(type: "a"))
            #expect(try await scene.statistics(of: "a").ended == StateCounts([.cancelled: 1]))
            try await scene.store.resetStatistics(of: "never")
            try await scene.store.resetStatistics(of: nil)
            #expect(try await scene.store.statistics(of: nil, at: t(1)).isEmpty)
        },
        ConformanceCheck("Q2 statistics are kept when the store is reopened", requires: .persistent) { scene in
            for state in [JobState.completed, .failed, .cancelled] { _ = try await scene.ended(state) }
            let before = try await scene.store.statistics(of: nil, at: t(1))
            let again = try await scene.reopened()
            #expect(try await again.store.statistics(of: nil, at: t(1)) == before)
        },
    ]
}

extension Scene {
    /// Returns the statistics of a type, which must exist.
    fileprivate func statistics(of type: JobType, at now: Timestamp = t(9)) async throws -> TypeStatistics {
        try #require(try await store.statistics(of: type, at: now).first, "nothing was counted of \(type)")
    }
}
