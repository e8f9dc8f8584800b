import QueueModel
import QueueStoreKit
import Testing

enum SchedulingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D1 a job is not claimed before its earliest start, and is claimed at it") { scene in
            let id = try await scene.add(JobSubmission(type: "work", runAfter: t(10)))
            try await scene.expect(id, is: .pending)
            #expect(try await scene.claim(at: t(9)).isEmpty)
            let justBefore = Timestamp(milliseconds: t(10).milliseconds - 1)
            #expect(try await scene.claim(at: justBefore).isEmpty)
            try await scene.claimOnly(id, at: t(10))
        },
        ConformanceCheck("D1 a job whose earliest start has passed is claimed immediately") { scene in
            let id = try await scene.add(JobSubmission(type: "work", runAfter: t(-5)), at: t(0))
            try await scene.claimOnly(id, at: t(0))
        },
        ConformanceCheck("D2 a job that was due stays so when the clock is set back, and holds back none behind it") {
            scene in
            let scheduled = try await scene.add(JobSubmission(type: "work", runAfter: t(10)))
            let behind = try await scene.add()
            // Looks for due jobs without a slot for any.
            _ = try await scene.turn(claiming: 0, at: t(10))
            #expect(try await scene.claim(at: t(5)).map(\.id) == [scheduled, behind])
        },
        ConformanceCheck("S3 a job that becomes due takes the place of its priority and id") { scene in
            let scheduled = try await scene.add(JobSubmission(type: "work", runAfter: t(10)))
            let later = try await scene.add()
            let urgent = try await scene.add(priority: .high)
            #expect(try await scene.claim(at: t(10)).map(\.id) == [urgent, scheduled, later])
        },
        ConformanceCheck("D1 a turn returns when the next job becomes due") { scene in
            try await scene.add(JobSubmission(type: "work", runAfter: t(30)))
            try await scene.add(JobSubmission(type: "work", runAfter: t(20)))
            try await scene.add()
            #expect(try await scene.turn(claiming: 10, at: t(1)).nextDue == t(20))
            #expect(try await scene.turn(claiming: 10, at: t(20)).nextDue == t(30))
            #expect(try await scene.turn(claiming: 10, at: t(30)).nextDue == nil)
        },
        ConformanceCheck("D1 a turn returns when a retry becomes due") { scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            let result = try await scene.turn(
                finishing: [.of(running, .retry(at: t(40), .passing))], claiming: 10, at: t(2))
            #expect(result.claimed.isEmpty)
            #expect(result.nextDue == t(40))
        },
        ConformanceCheck("D1 a cancelled job is no longer the next to become due") { scene in
            let id = try await scene.add(JobSubmission(type: "work", runAfter: t(20)))
            _ = try await scene.store.cancel(id, at: t(1))
            #expect(try await scene.turn(claiming: 1, at: t(2)).nextDue == nil)
        },
        ConformanceCheck("D1 scheduled jobs become due after the store is reopened", requires: .persistent) { scene in
            let id = try await scene.add(JobSubmission(type: "work", runAfter: t(20)))
            let after = try await scene.reopened()
            #expect(try await after.turn(claiming: 1, at: t(10)).nextDue == t(20))
            try await after.claimOnly(id, at: t(20))
        },
        ConformanceCheck("Q7 a job that has expired is not claimed, and ends when a claim reaches it") { scene in
            let id = try await scene.add(JobSubmission(type: "work", priority: .high, expiresAt: t(10)))
            let other = try await scene.add()
            let result = try await scene.turn(claiming: 1, at: t(10))
            #expect(result.claimed.map(\.id) == [other], "it takes nobody's place in the claim")
            #expect(result.changes.contains { $0.id == id && $0.state == .expired && $0.type == "work" })
            try await scene.expect(id, is: .expired)
            #expect(try await scene.record(id).finishedAt == t(10))
            #expect(try await scene.record(id).attempt == 0)
        },
        ConformanceCheck("Q7 a job is claimed until the instant before it expires") { scene in
            let id = try await scene.add(JobSubmission(type: "work", expiresAt: t(10)))
            try await scene.claimOnly(id, at: Timestamp(milliseconds: t(10).milliseconds - 1))
        },
        ConformanceCheck("Q7 a running job does not expire") { scene in
            let id = try await scene.add(JobSubmission(type: "work", expiresAt: t(10)))
            let running = try await scene.claimOnly(id, at: t(5))
            try await scene.turn(claiming: 10, at: t(20))
            #expect(try await scene.finish(running, at: t(21)) == .recorded(.completed))
        },
        ConformanceCheck("Q7 a job that expires releases its key and fails its dependents") { scene in
            var submission = JobSubmission.keyed("k")
            submission.expiresAt = t(10)
            let id = try await scene.add(submission)
            let dependent = try await scene.add(.after(id))
            let result = try await scene.turn(claiming: 5, at: t(10))
            try await scene.expect(id, is: .expired)
            try await scene.expect(dependent, is: .dependencyFailed)
            #expect(result.changes.contains { $0.id == dependent && $0.state == .dependencyFailed && $0.cause == id })
            #expect(try await scene.store.submit(.keyed("k"), at: t(11)).isNew)
        },
        ConformanceCheck("Q7 many expired jobs ahead of a job do not hide it") { scene in
            _ = try await scene.store.submit(
                contentsOf: (0..<500).map { _ in JobSubmission(type: "work", expiresAt: t(5)) }, at: t(0))
            let good = try await scene.add()
            var claimed: [JobID] = []
            for second in 10..<600 where claimed.isEmpty {
                claimed = try await scene.claim(1, at: t(Int64(second))).map(\.id)
            }
            #expect(claimed == [good])
        },
    ]
}
