import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("Expiry")
struct ExpiryTests {
    @Test("Q7 jobs that no claim comes to expire by the clock, and their ends are told with their age")
    func sweep() async throws {
        var rig = Rig()
        rig.configuration.expiryInterval = .seconds(10)
        let queue = try rig.queue { Domain("") { Worker() } }
        try await queue.pause(.queue)
        let outcome = try await queue.submit(Work(), SubmitOptions(timeToLive: .seconds(5)))
        try await whileRunning(queue) {
            let events = queue.events(of: outcome.id, .ended)
            try await rig.advance { try await queue.job(outcome.id)?.state == .expired }
            let event = await events.first { _ in true }
            #expect(event?.kind == .ended(.expired, nil))
            #expect((event?.age ?? .zero) >= .seconds(5))
            let record = try #require(try await queue.job(outcome.id))
            #expect(event?.age == record.finishedAt?.since(record.submittedAt))
        }
    }

    @Test("Q7 more than fit into one transaction expire in one sweep")
    func many() async throws {
        var rig = Rig()
        rig.configuration.expiryInterval = .seconds(10)
        let queue = try rig.queue { Domain("") { Worker() } }
        try await queue.pause(.queue)
        _ = try await queue.submit(contentsOf: (0..<600).map { Work("\($0)") }, SubmitOptions(timeToLive: .seconds(1)))
        try await whileRunning(queue) {
            try await rig.time.clock.sleepers(atLeast: 1)
            rig.time.advance(by: .seconds(10))
            while try await queue.counts()[.expired] < 600 { await Task.yield() }
        }
    }

    @Test("Q7 the interval of the sweep is at least a tenth of a second")
    func range() {
        var configuration = QueueConfiguration.test()
        configuration.expiryInterval = .milliseconds(99)
        #expect(throws: QueueError.self) { try configuration.validate() }
    }
}
