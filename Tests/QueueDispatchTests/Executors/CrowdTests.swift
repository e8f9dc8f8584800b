import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Crowds") struct CrowdTests {
    @Test("Q3 ten thousand subscribers are each told what they asked for, and hold up nobody")
    func subscribers() async throws {
        let queue = try Rig().queue { Worker() }
        let ids = try await queue.submit(contentsOf: ["a", "b", "c"].map { Work($0) }).map(\.id)
        let ofQueue = (0..<5000).map { _ in queue.events(.ended, bufferSize: 4) }
        let ofJobs = (0..<5000).map { queue.events(of: ids[$0 % 3], .ended) }
        // Nobody listens yet: what is told has to wait in each buffer.
        try await queue.runUntilIdle()
        await queue.close()
        for events in ofQueue { #expect(await events.kinds().count == 3) }
        for events in ofJobs { #expect(await events.kinds() == [.ended(.completed, nil)]) }
    }

    @Test("Q3 subscribers that come and go by the thousand leave nothing behind that is told of later events")
    func fleeting() async throws {
        let queue = try Rig().queue { Worker() }
        let stayed = queue.events(.ended)
        for _ in 0..<10_000 { _ = queue.events() }
        try await queue.submit(Work())
        try await queue.runUntilIdle()
        await queue.close()
        #expect(await stayed.kinds() == [.ended(.completed, nil)])
    }

    @Test("E6 ten thousand cancels at once end ten thousand jobs, waiting and running ones, each once")
    func cancels() async throws {
        var rig = Rig(concurrency: 1000)
        rig.configuration.retention = nil
        let gate = Gate()
        let queue = try rig.queue { Worker { _, _ in try await gate.pass() } }
        let ids = try await queue.submit(contentsOf: (0..<10_000).map { Work("\($0)") }).map(\.id)
        try await whileRunning(queue) {
            await gate.arrivals(1000)
            let outcomes = try await withThrowingTaskGroup(of: CancelOutcome.self) { group in
                for id in ids { group.addTask { try await queue.cancel(id) } }
                return try await group.reduce(into: [CancelOutcome]()) { $0.append($1) }
            }
            // A slot that a cancelled job has freed may have been taken by one whose cancel came later.
            #expect(outcomes.allSatisfy { [.cancelled, .requested].contains($0.kind) })
            #expect(outcomes.count { $0.kind == .requested } >= 1000)
            while try await queue.counts().active > 0 { await Task.yield() }
        }
        #expect(try await queue.counts()[.cancelled] == 10_000)
        #expect(try await rig.memory.check() == [])
    }

    @Test("C8 what a thousand jobs submit while their queue is shut down is stored, and none of it is lost")
    func submitting() async throws {
        let rig = Rig(concurrency: 100)
        let queue = try rig.queue {
            Worker { job, context in
                if job.name == "follower" { return }
                context.queue.shutdown(within: .seconds(10))
                try await context.queue.submit(Work("follower"))
            }
        }
        try await queue.submit(contentsOf: Array(repeating: Work("leader"), count: 1000))
        var runs = 0
        while try await queue.counts().active > 0, runs < 2000 {
            try await queue.runUntilIdle()
            runs += 1
        }
        #expect(runs > 1)
        #expect(try await queue.counts()[.completed] == 2000)
    }
}

extension CancelOutcome {
    fileprivate enum Kind { case cancelled, requested, other }

    fileprivate var kind: Kind {
        switch self {
        case .cancelled: .cancelled
        case .requested: .requested
        default: .other
        }
    }
}
