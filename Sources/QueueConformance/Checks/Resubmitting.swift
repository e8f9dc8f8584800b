import QueueBackoff
import QueueModel
import QueueStoreKit
import Testing

enum ResubmittingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("L1 a resubmission is a new job, and the old one stays in history") { scene in
            for state in [JobState.completed, .failed, .deadLettered, .cancelled] {
                let old = try await scene.ended(state)
                let before = try await scene.record(old)
                let outcome = try await scene.store.resubmit(old, at: t(5))
                #expect(outcome == .inserted(outcome.id))
                #expect(outcome.id > old)
                #expect(try await scene.record(old) == before)
                try await scene.expect(outcome.id, is: .pending)
                #expect(try await scene.record(outcome.id).origin == old)
                _ = try await scene.store.cancel(outcome.id, at: t(6))
            }
        },
        ConformanceCheck("E4 a resubmitted job has the content of the old one, and no attempts") { scene in
            let old = try await scene.add(
                JobSubmission(
                    type: "work", payload: [1, 2, 3], payloadVersion: 4, priority: .high, group: "g", key: .text("k"),
                    label: "l", tags: [Tag("a", "1"), Tag("b", "2")], failFast: false, retry: .default,
                    timeout: .seconds(9),
                    expectedIO: IOAmount(diskRead: 5)))
            let first = try await scene.claimOnly(old)
            try await scene.store.saveCheckpoint([1], of: old, attempt: 1)
            try await scene.finish(first, .retry(at: t(2), .passing))
            try await scene.run(old, .deadLetter(.passing), at: t(3))
            let record = try await scene.record(try await scene.store.resubmit(old, at: t(10)).id)
            #expect(record.type == "work")
            #expect(record.payload == [1, 2, 3])
            #expect(record.payloadVersion == 4)
            #expect(record.priority == .high)
            #expect(record.group == "g")
            #expect(record.key == .text("k"))
            #expect(record.label == "l")
            #expect(record.tags == [Tag("a", "1"), Tag("b", "2")])
            #expect(!record.failFast)
            #expect(record.retry == .default)
            #expect(record.timeout == .seconds(9))
            #expect(record.expectedIO == IOAmount(diskRead: 5))
            #expect(record.submittedAt == t(10))
            #expect(record.attempt == 0)
            #expect(record.retries == 0)
            #expect(record.failure == nil)
            #expect(record.output == nil)
            #expect(record.checkpoint == nil)
            #expect(try await scene.store.attempts(of: record.id).isEmpty)
            #expect(try await scene.store.jobs(JobQuery(tags: [Tag("a", "1")])).jobs.map(\.id) == [record.id, old])
        },
        ConformanceCheck("E4 an expired job can be resubmitted") { scene in
            let old = try await scene.add(JobSubmission(type: "work", expiresAt: t(5)))
            try await scene.turn(claiming: 1, at: t(6))
            try await scene.expect(old, is: .expired)
            let id = try await scene.store.resubmit(old, at: t(10)).id
            try await scene.claimOnly(id, at: t(11))
        },
        ConformanceCheck("E4 a job that failed with its dependency can be resubmitted without it") { scene in
            let bad = try await scene.ended(.failed)
            let old = try await scene.add(.after(bad))
            let id = try await scene.store.resubmit(old, at: t(10)).id
            try await scene.claimOnly(id, at: t(11))
        },
        ConformanceCheck("S5 a resubmission whose key is taken keeps the job that has it") { scene in
            let old = try await scene.ended(.failed, .keyed("k", "ended"))
            let holder = try await scene.add(.keyed("k", "ended"))
            #expect(try await scene.store.resubmit(old, at: t(5)) == .duplicate(of: holder))
            #expect(try await scene.store.count(JobQuery()) == 2)
        },
        ConformanceCheck("L1 an active job can't be resubmitted") { scene in
            let pending = try await scene.add()
            let blocked = try await scene.add(.after(pending))
            try await scene.refused(.notPossibleNow) { _ = try await scene.store.resubmit(pending, at: t(1)) }
            try await scene.refused(.notPossibleNow) { _ = try await scene.store.resubmit(blocked, at: t(1)) }
            try await scene.claimOnly(pending)
            try await scene.refused(.notPossibleNow) { _ = try await scene.store.resubmit(pending, at: t(1)) }
        },
        ConformanceCheck("L1 a job that never existed can't be resubmitted") { scene in
            try await scene.refused(.unknownJob) { _ = try await scene.store.resubmit(JobID(5), at: t(1)) }
        },
        ConformanceCheck("L1 a job can be resubmitted more than once") { scene in
            let old = try await scene.ended(.completed)
            let ids = [
                try await scene.store.resubmit(old, at: t(1)).id, try await scene.store.resubmit(old, at: t(1)).id,
            ]
            #expect(ids[0] != ids[1])
            #expect(try await scene.claim(10, .of("ended")).map(\.id) == ids)
        },
    ]
}
