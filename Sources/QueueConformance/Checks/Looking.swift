import QueueModel
import QueueStoreKit
import Testing

enum LookingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("Q2 a job that never existed has no record") { (scene) async throws in
            for id in [0, 1, -1, .max, .min] as [Int64] {
                #expect(try await scene.store.job(JobID(id)) == nil)
            }
        },
        ConformanceCheck("Q2 a record is the same however it is read") { scene in
            let ids = [
                try await scene.ended(.completed), try await scene.ended(.failed), try await scene.add(.keyed("k")),
                try await scene.add(JobSubmission(type: "work", payload: [1], tags: [Tag("b", ""), Tag("a", "x")])),
            ]
            try await scene.claim(1)
            let listed = try await scene.store.jobs(JobQuery(order: .oldestFirst)).jobs
            #expect(listed.map(\.id) == ids)
            for record in listed { #expect(try await scene.record(record.id) == record) }
        },
        ConformanceCheck("Q2 the number of jobs in each state follows every change") { scene in
            #expect(try await scene.store.counts() == StateCounts())
            let first = try await scene.add()
            let second = try await scene.add(.after(first))
            #expect(try await scene.store.counts() == StateCounts([.pending: 1, .blocked: 1]))
            let running = try await scene.claimOnly(first)
            #expect(try await scene.store.counts() == StateCounts([.running: 1, .blocked: 1]))
            try await scene.add(.child(of: first, type: "other"))
            try await scene.finish(running)
            #expect(try await scene.store.counts() == StateCounts([.waiting: 1, .pending: 1, .blocked: 1]))
            _ = try await scene.store.cancel(first, at: t(3))
            #expect(try await scene.store.counts() == StateCounts([.cancelled: 2, .dependencyFailed: 1]))
            #expect(try await scene.store.deleteEnded(second))
            #expect(try await scene.store.counts() == StateCounts([.cancelled: 2]))
        },
        ConformanceCheck("Q2 the counts of a query by state add up to all jobs") { scene in
            for state in [JobState.completed, .failed, .deadLettered, .cancelled] { _ = try await scene.ended(state) }
            try await scene.add(count: 3)
            try await scene.claim(2)
            let counts = try await scene.store.counts()
            for state in JobState.allCases {
                #expect(try await scene.store.count(JobQuery(states: [state])) == counts[state], "\(state)")
            }
        },
        ConformanceCheck("S10 active jobs are counted by type, ended jobs are not") { scene in
            #expect(try await scene.store.activeTypes().isEmpty)
            let first = try await scene.add("work")
            try await scene.add("work")
            try await scene.add(.after(first, type: "other"))
            _ = try await scene.ended(.completed)
            #expect(try await scene.store.activeTypes() == ["work": 2, "other": 1])
            #expect(try await scene.store.activeTypes(besides: ["work", "none"]) == ["other": 1])
            try await scene.claimOnly(first)
            #expect(try await scene.store.activeTypes() == ["work": 2, "other": 1])
        },
        ConformanceCheck("E4 dead letters can be listed") { scene in
            _ = try await scene.ended(.completed)
            let dead = try await scene.ended(.deadLettered)
            _ = try await scene.ended(.failed)
            #expect(try await scene.store.jobs(JobQuery(states: [.deadLettered])).jobs.map(\.id) == [dead])
        },
    ]
}
