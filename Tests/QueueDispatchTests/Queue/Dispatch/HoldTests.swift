import QueueModel
import QueueTesting
import Testing

@testable import QueueDispatch

@Suite("Holds") struct HoldTests {
    /// A job that is held is of domain `d` and group `g`; a marker is of neither.
    private func queue(_ rig: Rig) throws -> JobQueue {
        try rig.queue {
            Domain("d") { Worker() }
            OtherWorker()
        }
    }

    private static let held = SubmitOptions(group: "g")

    /// Returns after a claim that came after the call.
    private func claimed(_ queue: JobQueue) async throws {
        let marker = try await queue.submit(Other(), SubmitOptions(priority: .realtime)).id
        try await queue.expectEnd(of: marker, .completed)
    }

    @Test("D8 what is paused waits until it is resumed", arguments: [Pause.Target.domain("d"), .group("g")])
    func pauseAndResume(target: Pause.Target) async throws {
        let queue = try queue(Rig())
        try await whileRunning(queue) {
            try await queue.pause(target)
            let id = try await queue.submit(Work(), Self.held).id
            try await claimed(queue)
            #expect(try await queue.job(id)?.state == .pending)
            #expect(try await queue.pauses() == [Pause(target)])
            #expect(try await queue.resume(target))
            try await queue.expectEnd(of: id, .completed)
            #expect(try await queue.resume(target) == false)
        }
    }

    @Test("D8 a paused queue runs nothing, and what runs goes on")
    func pausedQueue() async throws {
        let gate = Gate()
        let queue = try Rig().queue { Worker { _, _ in try await gate.pass() } }
        try await whileRunning(queue) {
            let first = try await queue.submit(Work()).id
            await gate.arrivals(1)
            try await queue.pause(.queue)
            let second = try await queue.submit(Work()).id
            gate.open()
            try await queue.expectEnd(of: first, .completed)
            #expect(try await queue.job(second)?.state == .pending)
            #expect(try await queue.inspector.peek() == nil)
            try await queue.resume(.queue)
            try await queue.expectEnd(of: second, .completed)
        }
    }

    @Test("D8 several reasons hold until the last is lifted")
    func reasons() async throws {
        let queue = try queue(Rig())
        try await whileRunning(queue) {
            try await queue.pause(.group("g"), reason: "one")
            try await queue.pause(.domain("d"), reason: "two")
            try await queue.pause(.group("g"), reason: "three")
            let id = try await queue.submit(Work(), Self.held).id
            try await queue.resume(.group("g"), reason: "one")
            try await queue.resume(.domain("d"))
            try await claimed(queue)
            #expect(try await queue.job(id)?.state == .pending)
            try await queue.resume(.group("g"), reason: "three")
            try await queue.expectEnd(of: id, .completed)
        }
    }

    @Test("D8 a hold lifts itself when its time has come, polls or not", arguments: [10, 1500])
    func until(seconds: Int) async throws {
        let rig = Rig()
        let queue = try queue(rig)
        try await queue.pause(.queue, until: rig.now.advanced(by: .seconds(seconds)))
        try await whileRunning(queue) {
            let id = try await queue.submit(Work()).id
            try await rig.time.clock.sleepers(atLeast: 1)
            if seconds > 1000 {
                rig.time.advance(by: .seconds(1000))
                // The loop has polled and set its next alarm.
                try await rig.time.clock.sleepers(atLeast: 1)
            }
            #expect(try await queue.job(id)?.state == .pending)
            rig.time.advance(by: .seconds(seconds % 1000))
            try await queue.expectEnd(of: id, .completed)
        }
    }

    @Test(
        "D8 a hold that stops what runs has it go back to its place, without a failed attempt",
        arguments: [Pause.Target.queue, .domain("d"), .group("g")])
    func stopsRunning(target: Pause.Target) async throws {
        let gate = Gate()
        let reasons = Recorder<JobContext.CancellationReason?>()
        let queue = try Rig().queue {
            Domain("d") {
                Worker { _, context in
                    do { try await gate.pass() } catch {
                        reasons.append(context.cancellation)
                        throw error
                    }
                }
            }
        }
        try await whileRunning(queue) {
            let id = try await queue.submit(Work(), Self.held).id
            await gate.arrivals(1)
            let events = queue.events(of: id)
            // Another queue on the store, as another process would have, lays the hold.
            let other = try JobQueue(store: queue.store, configuration: .test()) {}
            try await other.pause(.group("another"), stopsRunning: true)
            try await other.pause(target, stopsRunning: true)
            _ = await events.first { $0 == .released }
            let record = try #require(try await queue.job(id))
            #expect(record.state == .pending && record.retries == 0 && record.attempt == 1)
            #expect(reasons.all == [.paused])
            gate.open()
            try await other.resume(target)
            try await queue.expectEnd(of: id, .completed)
        }
    }

    @Test("D8 a target's name is checked, and nothing is held")
    func names() async throws {
        let queue = try Rig().queue { Worker() }
        for target in [Pause.Target.group(""), .group("a\0"), .domain(String(repeating: "d", count: 513))] {
            await expect(failing: .invalidText) { try await queue.pause(target) }
        }
        await expect(failing: .invalidText) { try await queue.pause(.queue, reason: "") }
        #expect(try await queue.pauses() == [])
    }

    @Test("D8 holds are stored, and outlive a queue")
    func holdsAreStored() async throws {
        let rig = Rig()
        try await queue(rig).pause(.queue, reason: "upgrade")
        let later = try queue(rig)
        let id = try await later.submit(Work()).id
        try await later.runUntilIdle()
        #expect(try await later.job(id)?.state == .pending)
        #expect(try await later.pauses() == [Pause(.queue, reason: "upgrade")])
    }

    @Test("D8 pausing and resuming are told")
    func pauseEvents() async throws {
        let queue = try queue(Rig())
        let events = queue.events(.queue)
        try await queue.pause(.group("g"), reason: "x")
        try await queue.resume(.group("h"))
        try await queue.resume(.group("g"))
        await queue.close()
        #expect(await events.kinds() == [.paused(Pause(.group("g"), reason: "x")), .resumed(.group("g"))])
    }

    @Test("D1 a job starts when its time has come and not before")
    func runAfter() async throws {
        let rig = Rig()
        let queue = try queue(rig)
        try await whileRunning(queue) {
            let id = try await queue.submit(Work(), SubmitOptions(runAfter: .delay(.seconds(10)))).id
            try await claimed(queue)
            rig.time.advance(by: .milliseconds(9999))
            try await claimed(queue)
            #expect(try await queue.job(id)?.state == .pending)
            rig.time.advance(by: .milliseconds(1))
            let record = try await queue.end(of: id)
            #expect(record?.state == .completed)
            #expect(record?.startedAt == record?.runAfter)
        }
    }

    @Test("D1 a job that is due sooner is not missed for one that is due later")
    func soonerIsNoticed() async throws {
        let rig = Rig()
        let queue = try queue(rig)
        try await whileRunning(queue) {
            let late = try await queue.submit(Work(), SubmitOptions(runAfter: .delay(.seconds(100)))).id
            try await claimed(queue)
            let soon = try await queue.submit(Work(), SubmitOptions(runAfter: .delay(.seconds(10)))).id
            try await claimed(queue)
            rig.time.advance(by: .seconds(10))
            try await queue.expectEnd(of: soon, .completed)
            #expect(try await queue.job(late)?.state == .pending)
        }
    }

    @Test("Q7 a job that has expired is not started")
    func expiry() async throws {
        let rig = Rig()
        let queue = try queue(rig)
        let id = try await queue.submit(Work(), SubmitOptions(timeToLive: .seconds(5))).id
        let events = queue.events(of: id)
        rig.time.advance(by: .seconds(5))
        try await queue.runUntilIdle()
        #expect(try await queue.job(id)?.state == .expired)
        #expect(await events.kinds() == [.ended(.expired, nil)])
    }

    @Test("D9 pressure holds back what is not urgent")
    func pressure() async throws {
        var rig = Rig()
        let strain = Strain()
        rig.configuration.pressure = [Strain(), strain]
        let queue = try rig.queue {
            Worker()
            OtherWorker()
        }
        strain.set(0.8)
        let normal = try await queue.submit(Work(), SubmitOptions(priority: .normal)).id
        let background = try await queue.submit(Work(), SubmitOptions(priority: .background)).id
        let high = try await queue.submit(Work(), SubmitOptions(priority: 127)).id
        try await whileRunning(queue) {
            try await queue.expectEnd(of: high, .completed)
            try await claimed(queue)
            #expect(try await queue.job(normal)?.state == .pending)
            strain.set(0.6)
            try await claimed(queue)
            try await queue.expectEnd(of: normal, .completed)
            #expect(try await queue.job(background)?.state == .pending)
            strain.set(0.5)
            try await claimed(queue)
            try await queue.expectEnd(of: background, .completed)
        }
    }
}
