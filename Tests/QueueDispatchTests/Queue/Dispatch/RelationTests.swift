import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("What waits for what") struct RelationTests {
    @Test("Q2 a job's dependencies are answered with their states, all or those that it still waits for")
    func dependencies() async throws {
        let queue = try Rig().queue { Worker { _, _ in } }
        let met = try await queue.submit(Work("met")).id
        try await queue.runUntilIdle()
        let open = try await queue.submit(Work("open"), SubmitOptions(runAfter: .delay(.seconds(60)))).id
        let job = try await queue.submit(Work("last"), SubmitOptions(dependencies: [.job(met), .job(open)])).id
        #expect(try await queue.inspector.dependencies(of: job).map(\.state) == [.completed, .pending])
        #expect(try await queue.inspector.dependencies(of: job, open: true).map(\.id) == [open])
        #expect(try await queue.inspector.dependencies(of: met).isEmpty)
        #expect(try await queue.inspector.dependencies(of: JobID(999)).isEmpty)
    }

    @Test("Q2 the dependents of a job come in pages by id", arguments: [1, 100, 150, 1000, 3000])
    func pages(limit: Int) async throws {
        let queue = try Rig().queue { Worker { _, _ in } }
        let first = try await queue.submit(Work("first")).id
        let submissions = try (0..<2500).map { _ in
            try queue.submission(of: Work("next"), SubmitOptions(dependencies: [.job(first)]))
        }
        let ids = try await queue.submit(batch: submissions).map(\.id)
        for id in ids.prefix(2400) where id.rawValue.isMultiple(of: 2) { _ = try await queue.cancel(id) }
        let expected = ids.filter { !$0.rawValue.isMultiple(of: 2) || $0 > ids[2399] }
        // Of the smallest pages some are enough.
        var found: [JobID] = []
        for _ in 0..<min(expected.count / limit + 1, 20) {
            let page = try await queue.inspector.dependents(of: first, open: true, after: found.last, limit: limit)
            #expect(page.count <= limit)
            #expect(page.allSatisfy { $0.state == .blocked })
            found += page.map(\.id)
        }
        #expect(found == Array(expected.prefix(max(min(expected.count, limit * 20), 1))))
        #expect(
            try await queue.inspector.dependents(of: first, after: ids[2498], limit: limit).map(\.id) == [ids[2499]])
    }

    @Test("Q2 nobody waits for a job that has ended")
    func ended() async throws {
        let queue = try Rig().queue { Worker { _, _ in } }
        let first = try await queue.submit(Work("first")).id
        let other = try await queue.submit(Work("other"), SubmitOptions(runAfter: .delay(.seconds(60)))).id
        let last = try await queue.submit(Work("last"), SubmitOptions(dependencies: [.job(first), .job(other)])).id
        #expect(try await queue.inspector.dependents(of: first, open: true).map(\.id) == [last])
        try await queue.cancel(other)
        #expect(try await queue.inspector.dependents(of: first, open: true).isEmpty)
        #expect(try await queue.inspector.dependents(of: first).map(\.state) == [.dependencyFailed])
        #expect(try await queue.inspector.dependents(of: other, open: true).isEmpty)
        #expect(try await queue.inspector.dependents(of: other).map(\.id) == [last])
        #expect(try await queue.inspector.dependents(of: other, limit: 0).isEmpty)
    }

    @Test("Q2 a queue answers with what its store has counted of a type, at its own clock")
    func statistics() async throws {
        let rig = Rig()
        let queue = try rig.queue { Worker { _, _ in rig.time.advance(by: .seconds(3)) } }
        try await queue.submit(Work("a"))
        try await queue.runUntilIdle()
        let statistics = try #require(try await queue.inspector.statistics(of: Work.type))
        #expect(statistics.ended == StateCounts([.completed: 1]))
        #expect(statistics.durations.mean == .seconds(3))
        rig.time.advance(by: .seconds(60))
        let later = try await queue.inspector.statistics()
        #expect(later.map(\.type) == [Work.type])
        #expect(later[0].throughput.minute < statistics.throughput.minute)
        try await queue.inspector.resetStatistics()
        #expect(try await queue.inspector.statistics().isEmpty)
    }
}
