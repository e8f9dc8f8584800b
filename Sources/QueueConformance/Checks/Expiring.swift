import QueueModel
import QueueStoreKit
import Testing

enum ExpiringChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("Q7 a sweep ends expired jobs, reports their age, and leaves the others") { scene in
            let old = try await scene.add(JobSubmission(type: "work", expiresAt: t(10)), at: t(4))
            let young = try await scene.add(JobSubmission(type: "work", expiresAt: t(11)))
            let ageless = try await scene.add()
            let sweep = try await scene.store.expire(limit: 10, at: t(10))
            #expect(sweep.changes == [JobChange(id: old, type: "work", state: .expired, age: .seconds(6))])
            #expect(!sweep.isPartial)
            #expect(try await scene.record(old).finishedAt == t(10))
            for id in [young, ageless] { try await scene.expect(id, is: .pending) }
            #expect(try await scene.claim(at: t(10)).map(\.id) == [young, ageless])
        },
        ConformanceCheck("Q7 blocked, scheduled and waiting jobs expire too, running jobs do not") { scene in
            let running = try await scene.add(JobSubmission(type: "work", expiresAt: t(10)))
            let record = try await scene.claimOnly(running)
            let blocked = try await scene.add(
                JobSubmission(type: "work", expiresAt: t(10), dependencies: [.job(running)]))
            let scheduled = try await scene.add(JobSubmission(type: "work", runAfter: t(50), expiresAt: t(10)))
            let sweep = try await scene.store.expire(limit: 10, at: t(20))
            #expect(sweep.changes.map(\.id) == [blocked, scheduled])
            try await scene.expect(running, is: .running)
            #expect(try await scene.finish(record, at: t(21)) == .recorded(.completed))
            #expect(try await scene.claim(at: t(60)).isEmpty)
        },
        ConformanceCheck("Q7 children expire with their waiting parent") { scene in
            let parent = try await scene.add(JobSubmission(type: "work", expiresAt: t(10)))
            let record = try await scene.claimOnly(parent)
            let child = try await scene.add(.child(of: parent, type: "third"))
            try await scene.finish(record)
            try await scene.expect(parent, is: .waiting)
            let sweep = try await scene.store.expire(limit: 1, at: t(10))
            #expect(sweep.changes.map(\.state) == [.expired, .expired])
            #expect(sweep.changes.map(\.age) == [.seconds(10), .seconds(10)])
            for id in [parent, child] { try await scene.expect(id, is: .expired) }
        },
        ConformanceCheck(
            "Q7 a sweep ends no more jobs than its limit, the first to expire first, and reports that there may be more"
        ) {
            scene in
            var ids: [JobID] = []
            for seconds in [30, 10, 20] as [Int64] {
                ids.append(try await scene.add(JobSubmission(type: "work", expiresAt: t(seconds))))
            }
            let first = try await scene.store.expire(limit: 2, at: t(40))
            #expect(first.changes.map(\.id) == [ids[1], ids[2]])
            #expect(first.isPartial)
            let second = try await scene.store.expire(limit: 2, at: t(40))
            #expect(second.changes.map(\.id) == [ids[0]])
            #expect(!second.isPartial)
        },
        ConformanceCheck("Q7 a job that expires in a claim is reported with its age") { scene in
            let id = try await scene.add(JobSubmission(type: "work", expiresAt: t(5)), at: t(2))
            let changes = try await scene.turn(claiming: 1, at: t(9)).changes
            #expect(changes == [JobChange(id: id, type: "work", state: .expired, age: .seconds(7))])
        },
        ConformanceCheck("D11 dependents of a job that expires in a sweep follow their policies") { scene in
            let old = try await scene.add(JobSubmission(type: "work", expiresAt: t(10)))
            let fails = try await scene.add(.after(old))
            let ignores = try await scene.add(.after(old, policy: .ignore))
            let sweep = try await scene.store.expire(limit: 10, at: t(10))
            #expect(Set(sweep.changes.map(\.id)) == [old, fails, ignores])
            try await scene.expect(fails, is: .dependencyFailed)
            #expect(try await scene.claim(at: t(11)).map(\.id) == [ignores])
        },
    ]
}
