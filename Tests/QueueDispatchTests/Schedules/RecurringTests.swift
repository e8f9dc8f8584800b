import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Recurring jobs") struct RecurringTests {
    /// Notes when the occurrence was due that each job is.
    private func queue(_ rig: Rig, over store: (any JobStore)? = nil, _ due: Recorder<String>) throws -> JobQueue {
        try rig.queue(over: store) {
            Worker { _, context in due.append(context.job.occurrence?.due.text ?? "none") }
        }
    }

    /// Lets time come to an instant, and waits for a job to end.
    private func pass(
        to text: String, in rig: Rig, _ events: inout JobEvents.Iterator
    ) async throws {
        let instant = try #require(Timestamp(text: text))
        rig.time.advance(by: instant.since(rig.now))
        _ = await events.next()
    }

    private func rig(at text: String) throws -> Rig {
        let rig = Rig()
        rig.time.wall.set(to: try #require(Timestamp(text: text)))
        return rig
    }

    // MARK: Instants

    @Test("D13 an interval fires at once, and then at each of its instants")
    func interval() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let queue = try queue(rig, due)
        try await whileRunning(queue) {
            var ended = queue.events(.ended).makeAsyncIterator()
            let record = try await queue.schedules.register(Work(), .every(.seconds(600)), id: "s")
            #expect(record.next == Timestamp(text: "2024-05-01T12:00"))
            _ = await ended.next()
            try await pass(to: "2024-05-01T12:10", in: rig, &ended)
            try await pass(to: "2024-05-01T12:20", in: rig, &ended)
        }
        #expect(due.all == ["2024-05-01T12:00", "2024-05-01T12:10", "2024-05-01T12:20"])
        #expect(try await queue.schedules.find("s")?.next?.text == "2024-05-01T12:30")
    }

    @Test("D13 an initial delay is waited for, and no longer")
    func initialDelay() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let queue = try queue(rig, due)
        try await whileRunning(queue) {
            var ended = queue.events(.ended).makeAsyncIterator()
            try await queue.schedules.register(Work(), .every(.seconds(600), after: .seconds(60)), id: "s")
            try await pass(to: "2024-05-01T12:01", in: rig, &ended)
        }
        #expect(due.all == ["2024-05-01T12:01"])
    }

    @Test(
        "D13 a cron expression fires at its times by the zone's clock, over both changes of it",
        arguments: [
            ("2024-03-29T12:00", ["2024-03-30T01:30", "2024-03-31T01:00", "2024-04-01T00:30"]),
            ("2024-10-26T12:00", ["2024-10-27T00:30", "2024-10-28T01:30", "2024-10-29T01:30"]),
        ])
    func changingClock(start: String, instants: [String]) async throws {
        let rig = try rig(at: start)
        let due = Recorder<String>()
        let queue = try queue(rig, due)
        try await whileRunning(queue) {
            var ended = queue.events(.ended).makeAsyncIterator()
            try await queue.schedules.register(
                Work(), .cron(parsing: "30 2 * * *", timeZone: "Europe/Berlin"), id: "s")
            for instant in instants { try await pass(to: instant, in: rig, &ended) }
        }
        #expect(due.all == instants)
    }

    @Test("D13 what was missed while no worker ran collapses into one occurrence, the latest")
    func missed() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let queue = try queue(rig, due)
        try await queue.schedules.register(Work(), .cron(parsing: "@hourly"), id: "s")
        rig.time.advance(by: .seconds(30 * 3600 + 60))
        try await queue.runUntilIdle()
        #expect(due.all == ["2024-05-02T18:00"])
        let record = try await queue.schedules.find("s")
        #expect(record?.occurrences == 1)
        #expect(record?.next?.text == "2024-05-02T19:00")
    }

    @Test("D13 what was due while a schedule was paused collapses into one occurrence")
    func paused() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let queue = try queue(rig, due)
        try await whileRunning(queue) {
            var ended = queue.events(.ended).makeAsyncIterator()
            try await queue.schedules.register(Work(), .every(.seconds(60)), id: "s")
            _ = await ended.next()
            #expect(try await queue.schedules.pause("s"))
            #expect(try await !queue.schedules.pause("s"))
            rig.time.advance(by: .seconds(150))
            // An end after the instants that passed.
            try await queue.submit(Work())
            _ = await ended.next()
            #expect(try await queue.schedules.resume("s"))
            _ = await ended.next()
        }
        #expect(due.all == ["2024-05-01T12:00", "none", "2024-05-01T12:02"])
    }

    @Test("D13 a wall clock that is set is noticed at the next poll")
    func clockIsSet() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let queue = try queue(rig, due)
        try await whileRunning(queue) {
            var ended = queue.events(.ended).makeAsyncIterator()
            try await queue.schedules.register(Work(), .cron(parsing: "0 15 * * *"), id: "s")
            try await rig.time.clock.sleepers(atLeast: 1)
            rig.time.wall.set(to: try #require(Timestamp(text: "2024-05-01T15:00")))
            rig.time.clock.advance(by: .seconds(1000))
            _ = await ended.next()
        }
        #expect(due.all == ["2024-05-01T15:00"])
    }

    // MARK: Predecessors and limits

    @Test("D13 an occurrence whose predecessor runs is skipped, with an event that names both")
    func skipped() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let gate = Gate()
        let queue = try rig.queue { Worker { _, _ in try await gate.pass() } }
        try await whileRunning(queue) {
            var ended = queue.events(.ended).makeAsyncIterator()
            var news = queue.events(.schedules).makeAsyncIterator()
            try await queue.schedules.register(Work(), .every(.seconds(60)), id: "s")
            #expect(await news.next()?.kind == .schedule("s", .registered))
            await gate.arrivals(1)
            rig.time.advance(by: .seconds(60))
            let event = try #require(await news.next())
            let running = try await queue.schedules.find("s")?.lastJob
            #expect(
                event
                    == JobEvent(
                        .occurrenceSkipped("s", due: try #require(Timestamp(text: "2024-05-01T12:01"))), id: running,
                        type: "work", at: rig.now))
            gate.open()
            _ = await ended.next()
            rig.time.advance(by: .seconds(60))
            _ = await ended.next()
        }
        let record = try await queue.schedules.find("s")
        #expect(record?.occurrences == 2)
        #expect(record?.skipped == 1)
        #expect(record?.lastDue?.text == "2024-05-01T12:02")
    }

    @Test("D13 a schedule ends with its last occurrence, with an event, and lets the queue be idle")
    func maximum() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let queue = try queue(rig, due)
        try await queue.schedules.register(Work(), .every(.seconds(60), occurrences: 2), id: "s")
        let news = queue.events(.schedules)
        for _ in 0..<3 {
            try await queue.runUntilIdle()
            rig.time.advance(by: .seconds(60))
        }
        #expect(due.all == ["2024-05-01T12:00", "2024-05-01T12:01"])
        #expect(try await queue.schedules.find("s")?.hasEnded == true)
        await queue.close()
        #expect(await news.kinds() == [.schedule("s", .ended)])
    }

    @Test("D13 a queue that runs until it is idle fires what is due and does not wait for what comes")
    func idle() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let queue = try queue(rig, due)
        try await queue.schedules.register(Work(), .every(.seconds(60)), id: "now")
        try await queue.schedules.register(Work(), .every(.seconds(60), after: .seconds(60)), id: "later")
        try await queue.runUntilIdle()
        #expect(due.all == ["2024-05-01T12:00"])
    }

    @Test("D13 a queue that is told to stop fires nothing more")
    func stopping() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let gate = Gate()
        let queue = try rig.queue { Worker { _, _ in try await gate.pass() } }
        try await queue.schedules.register(Work(), .every(.seconds(60)), id: "s")
        let other = try await queue.submit(Work("other")).id
        var started: JobEvents? = queue.events(.queue)
        async let run: Void = queue.run()
        _ = await started?.first { $0 == .queueStarted }
        started = nil
        await gate.arrivals(2)
        queue.shutdown(within: .seconds(600))
        rig.time.advance(by: .seconds(60))
        gate.open()
        try await run
        #expect(try await queue.job(other)?.state == .completed)
        #expect(try await queue.schedules.find("s")?.next?.text == "2024-05-01T12:01", "it waits for the next run")
        #expect(try await queue.schedules.find("s")?.skipped == 0)
    }

    // MARK: Restarts and several workers

    @Test("D13 schedules outlive a program, which registers them again at its start")
    func restart() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let hourly = try Recurrence.cron(parsing: "@hourly")
        try await queue(rig, due).schedules.register(Work(), hourly, id: "s")
        rig.time.advance(by: .seconds(3600))
        let second = try queue(rig, over: rig.memory.reopened(), due)
        try await second.schedules.register(Work(), hourly, id: "s")
        try await second.runUntilIdle()
        rig.time.advance(by: .seconds(1800))
        try await second.schedules.register(Work(), hourly, id: "s")
        try await second.runUntilIdle()
        #expect(due.all == ["2024-05-01T13:00"])
        #expect(try await second.schedules.all().map(\.id) == ["s"])
        #expect(try await second.schedules.find("s")?.occurrences == 1)
    }

    @Test("D13 of several queues on a store one fires each occurrence")
    func twoWorkers() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let (one, two) = (try queue(rig, due), try queue(rig, due))
        try await whileRunning(one) {
            try await whileRunning(two) {
                let ended = [one.events(.ended), two.events(.ended)]
                try await one.schedules.register(Work(), .every(.seconds(60)), id: "s")
                for count in 1...5 {
                    try await rig.advance { due.all.count == count }
                }
                withExtendedLifetime(ended) {}
            }
        }
        #expect(Set(due.all).count == 5)
        #expect(due.all.count == 5)
        #expect(try await one.schedules.find("s")?.occurrences == 5)
    }

    @Test("S9 a schedule that another queue registers or resumes wakes an idle one")
    func wakes() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let queue = try queue(rig, due)
        let other = try rig.queue { ExecutorRegistration.submitting(Work.self) }
        try await whileRunning(queue) {
            var ended = queue.events(.ended).makeAsyncIterator()
            try await rig.time.clock.sleepers(atLeast: 1)
            try await other.schedules.register(Work(), .every(.seconds(60)), id: "s")
            _ = await ended.next()
            try await other.schedules.register(Work(), .every(.seconds(60), after: .seconds(1)), id: "s")
            try await other.schedules.pause("s")
            try await pass(to: "2024-05-01T12:10", in: rig, resuming: other, &ended)
        }
        #expect(due.all == ["2024-05-01T12:00", "2024-05-01T12:09+1000ms"])
    }

    private func pass(
        to text: String, in rig: Rig, resuming queue: JobQueue, _ events: inout JobEvents.Iterator
    ) async throws {
        rig.time.advance(by: try #require(Timestamp(text: text)).since(rig.now))
        try await queue.schedules.resume("s")
        _ = await events.next()
    }

    @Test("S9 a queue that hears no signals finds schedules at its poll")
    func deaf() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let queue = try queue(rig, over: HookedStore(rig.memory, isDeaf: true), due)
        try await whileRunning(queue) {
            var ended = queue.events(.ended).makeAsyncIterator()
            try await rig.time.clock.sleepers(atLeast: 1)
            try await queue.schedules.register(Work(), .every(.seconds(60)), id: "s")
            rig.time.advance(by: .seconds(1000))
            _ = await ended.next()
        }
        #expect(due.all == ["2024-05-01T12:16"])
    }

    @Test("D13 a queue fires schedules of types that it may submit, and leaves others alone")
    func types() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let both = try rig.queue {
            Worker()
            OtherWorker()
        }
        try await both.schedules.register(Work(), .every(.seconds(60)), id: "s")
        try await both.schedules.register(Other(), .every(.seconds(60)), id: "other")
        try await both.schedules.register(Other(), .every(.seconds(60)), id: "another")
        try await rig.queue { ExecutorRegistration.submitting(Work.self) }.runUntilIdle()
        #expect(try await both.schedules.find("s")?.occurrences == 1)
        #expect(try await both.schedules.find("other")?.occurrences == 0)
        #expect(rig.log.lines(.warning, containing: "\"other\" are due").count == 1)
    }

    @Test("D13 a schedule in a time zone that this system does not know is kept and reported, and others fire")
    func unknownZone() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let queue = try queue(rig, due)
        let elsewhere = RecurringJob(
            try queue.submission(of: Work()), try .cron(parsing: "@hourly", timeZone: "Mars/Olympus"))
        _ = try await rig.memory.register("mars", elsewhere, first: rig.now, at: rig.now)
        try await queue.schedules.register(Work(), .every(.seconds(60)), id: "s")
        for _ in 0..<2 {
            try await queue.runUntilIdle()
            rig.time.advance(by: .seconds(60))
        }
        #expect(due.all == ["2024-05-01T12:00", "2024-05-01T12:01"])
        #expect(rig.log.lines(.error, containing: "Mars/Olympus").count == 2, "once a run")
        #expect(try await queue.schedules.find("mars")?.next?.text == "2024-05-01T12:00")
    }

    @Test("D13 a firing that fails for a while is tried again", arguments: [Fault.Operation.agenda, .fire])
    func failing(operation: Fault.Operation) async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let locked = QueueError(.busy, "locked", isTransient: true)
        let store = FaultyStore(rig.memory, faults: [Fault(.operation(operation), calls: 1...3, throwing: locked)])
        let queue = try queue(rig, over: store, due)
        try await queue.schedules.register(Work(), .every(.seconds(3600)), id: "s")
        async let run: Void = queue.runUntilIdle()
        try await rig.advance { due.all.count == 1 }
        try await run
        #expect(due.all == ["2024-05-01T12:00"])
        #expect(rig.log.lines(.warning, containing: "schedules can't be fired").count == 3)
    }

    @Test("D13 a firing that is recorded but whose answer is lost is not repeated")
    func lostAnswer() async throws {
        let rig = try rig(at: "2024-05-01T12:00")
        let due = Recorder<String>()
        let lost = QueueError(.io, "gone", isTransient: true)
        let store = FaultyStore(rig.memory, faults: [Fault(.operation(.fire), .after, throwing: lost)])
        let queue = try queue(rig, over: store, due)
        try await queue.schedules.register(Work(), .every(.seconds(3600)), id: "s")
        async let run: Void = queue.runUntilIdle()
        try await rig.advance { due.all.count == 1 }
        try await rig.advance { !queue.isRunning }
        try await run
        #expect(due.all == ["2024-05-01T12:00"])
    }
}
