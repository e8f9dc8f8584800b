import QueueBackoff
import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("Registering schedules") struct SchedulingTests {
    private let every = Recurrence.every(.seconds(60))

    // MARK: Settings

    @Test("S2 an occurrence has the settings of its submission, its type, its domain and the queue")
    func settings() async throws {
        var rig = Rig()
        rig.configuration.defaults = JobOptions(
            priority: .high, timeToLive: .seconds(50), tags: [QueueModel.Tag("level", "queue")])
        let domain = Domain("d") { Worker() }.defaults(JobOptions(group: "g", tags: [QueueModel.Tag("d", "1")]))
        let queue = try rig.queue { domain }
        let options = SubmitOptions(
            retry: RetryPolicy.none, timeout: .seconds(5), onDuplicate: .reject, failFast: false,
            expectedIO: IOAmount(diskRead: 9), tags: [QueueModel.Tag("level", "submission")], uniqueness: .key("k"),
            label: "nightly")
        let record = try await queue.schedules.register(Work("x"), every, id: "s", options: options)
        #expect(record.job.timeToLive == .seconds(50))
        var expected = try queue.submission(of: Work("x"), options)
        expected.expiresAt = nil
        #expect(record.job == RecurringJob(expected, every, timeToLive: .seconds(50)))
        #expect(expected.type == "d.work")
        #expect(expected.priority == .high)
        #expect(expected.group == "g")
        #expect(expected.tags == [QueueModel.Tag("level", "submission"), QueueModel.Tag("d", "1")])

        rig.time.advance(by: .seconds(10))
        try await queue.runUntilIdle()
        let job = try #require(try await queue.jobs().jobs.first)
        #expect(job.expiresAt == rig.now.advanced(by: .seconds(50)), "counted from when the occurrence was submitted")
        #expect(job.label == "nightly")
        #expect(job.key == .text("k"))
        #expect(job.timeout == .seconds(5))
    }

    @Test("S2 an occurrence's own time to live comes before its type's")
    func timeToLive() async throws {
        var rig = Rig()
        rig.configuration.defaults.timeToLive = .seconds(50)
        let queue = try rig.queue { Worker() }
        let record = try await queue.schedules.register(
            Work(), every, id: "s", options: SubmitOptions(timeToLive: .seconds(5)))
        #expect(record.job.timeToLive == .seconds(5))
    }

    @Test("S2 a timeout finer than a store keeps is the same when it is registered again")
    func fineTimeout() async throws {
        let queue = try Rig().queue { Worker() }
        let news = queue.events(.schedules)
        for _ in 0..<2 {
            let options = SubmitOptions(timeout: .seconds(1) / 3, timeToLive: .seconds(1) / 3)
            let record = try await queue.schedules.register(Work(), every, id: "s", options: options)
            #expect(record.job.submission.timeout == .nanoseconds(333_333_333))
            #expect(record.job.timeToLive == .milliseconds(333))
        }
        await queue.close()
        #expect(await news.kinds() == [.schedule("s", .registered)])
    }

    @Test("D13 a submission that was made elsewhere can be scheduled")
    func raw() async throws {
        let queue = try Rig().queue { Worker() }
        let job = RecurringJob(try queue.submission(of: Work("raw")), every, timeToLive: .seconds(9))
        #expect(try await queue.schedules.register(job, id: "s").job == job)
        var same = job
        same.submission.dependencyPolicy = .fail
        #expect(
            try await queue.schedules.register(same, id: "s").job == job, "a policy for dependencies that it can't have"
        )
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.completed] == 1)
        let unknown = RecurringJob(JobSubmission(type: "unknown"), every)
        await expect(failing: .unknownJobType) { try await queue.schedules.register(unknown, id: "t") }
        #expect(try await queue.schedules.all().count == 1)
    }

    // MARK: Bad input

    @Test("D13 a cron expression that does not parse is refused, naming the field and the place")
    func badCron() async throws {
        let queue = try Rig().queue { Worker() }
        let error = await expect(failing: .invalidSchedule) {
            try await queue.schedules.register(Work(), .cron(parsing: "0 25 * * *"), id: "s")
        }
        let cause = try #require(error?.underlying as? CronExpression.ParseError)
        #expect(cause.field == .hour)
        #expect(cause.position == 2)
        #expect(error?.message.contains("hour") == true)
        #expect(try await queue.schedules.all().isEmpty)
    }

    @Test(
        "D13 a recurrence out of range, in an unknown zone, or without occurrence is refused",
        arguments: [
            Recurrence.every(.milliseconds(999)), .every(.seconds(1), occurrences: 0),
            .every(.seconds(1), after: .seconds(-1)), .every(.seconds(1), after: .milliseconds(Int64.max)),
        ])
    func badRecurrence(recurrence: Recurrence) async throws {
        let queue = try Rig().queue { Worker() }
        await expect(failing: .invalidSchedule) { try await queue.schedules.register(Work(), recurrence, id: "s") }
        #expect(try await queue.schedules.all().isEmpty)
    }

    @Test("D13 a time zone that the system does not know is refused")
    func badZone() async throws {
        let queue = try Rig().queue { Worker() }
        let error = await expect(failing: .invalidSchedule) {
            try await queue.schedules.register(Work(), .cron(parsing: "@daily", timeZone: "Europe/Atlantis"), id: "s")
        }
        #expect(error?.message.contains("Europe/Atlantis") == true)
    }

    @Test(
        "D13 what a single job alone can have is refused",
        arguments: [
            SubmitOptions(runAfter: .delay(.seconds(1))), SubmitOptions(dependencies: [.job(JobID(1))]),
            SubmitOptions(parent: JobID(1)), SubmitOptions(timeToLive: .zero),
        ])
    func badOptions(options: SubmitOptions) async throws {
        let queue = try Rig().queue { Worker() }
        try await queue.submit(Work())
        await expect(failing: .invalidOption) {
            try await queue.schedules.register(Work(), every, id: "s", options: options)
        }
        #expect(try await queue.schedules.all().isEmpty)
    }

    @Test("S7 a schedule's id is not empty, has no NUL, and at most 512 bytes")
    func badID() async throws {
        let queue = try Rig().queue { Worker() }
        for id in ["", "a\0", String(repeating: "x", count: 513)] {
            await expect(failing: .invalidText) {
                try await queue.schedules.register(Work(), every, id: ScheduleID(id))
            }
        }
        try await queue.schedules.register(Work(), every, id: ScheduleID(String(repeating: "x", count: 512)))
        #expect(try await queue.schedules.all().count == 1)
    }

    @Test("S7 the parts of a recurring job have the limits of a submission's")
    func badSubmission() async throws {
        var rig = Rig()
        rig.configuration.limits.payloadBytes = 20
        let queue = try rig.queue { Worker() }
        await expect(failing: .payloadTooLarge) {
            try await queue.schedules.register(Work(String(repeating: "x", count: 20)), every, id: "s")
        }
        await expect(failing: .invalidText) {
            try await queue.schedules.register(Work(), every, id: "s", options: SubmitOptions(group: ""))
        }
        await expect(failing: .unknownJobType) { try await queue.schedules.register(Other(), every, id: "s") }
        #expect(try await queue.schedules.all().isEmpty)
    }

    // MARK: Control

    @Test("D13 a schedule that is cancelled fires no more, and its job goes on")
    func cancel() async throws {
        let rig = Rig()
        let gate = Gate()
        let queue = try rig.queue { Worker { _, _ in try await gate.pass() } }
        try await whileRunning(queue) {
            try await queue.schedules.register(Work(), every, id: "s")
            await gate.arrivals(1)
            let removal = try await queue.schedules.cancel("s")
            #expect(removal.job == nil)
            gate.open()
            let job = try #require(removal.schedule.lastJob)
            try await queue.expectEnd(of: job, .completed)
            rig.time.advance(by: .seconds(600))
            try await queue.expectEnd(of: queue.submit(Work()).id, .completed)
        }
        #expect(try await queue.count() == 2)
        #expect(try await queue.schedules.all().isEmpty)
    }

    @Test("D13 a schedule is cancelled together with its running job")
    func cancelWithRunningJob() async throws {
        let gate = Gate()
        let queue = try Rig().queue { Worker { _, _ in try await gate.pass() } }
        try await whileRunning(queue) {
            try await queue.schedules.register(Work(), every, id: "s")
            await gate.arrivals(1)
            let removal = try await queue.schedules.cancel("s", includingJob: true)
            try await queue.expectEnd(of: #require(removal.schedule.lastJob), .cancelled)
        }
    }

    @Test("D13 a schedule is cancelled together with its pending job, whose end is told")
    func cancelWithPendingJob() async throws {
        let queue = try Rig().queue { Worker() }
        try await queue.schedules.register(Work(), every, id: "s")
        try await queue.pause(.queue)
        try await queue.runUntilIdle()
        let ended = queue.events([.ended, .schedules])
        let removal = try await queue.schedules.cancel("s", includingJob: true)
        #expect(removal.job == .cancelled([]))
        await queue.close()
        #expect(await ended.kinds() == [.schedule("s", .cancelled), .ended(.cancelled, nil)])
    }

    @Test("D13 to pause, resume or cancel a schedule that is not there is refused")
    func unknown() async throws {
        let queue = try Rig().queue { Worker() }
        await expect(failing: .unknownSchedule) { try await queue.schedules.pause("s") }
        await expect(failing: .unknownSchedule) { try await queue.schedules.resume("s") }
        await expect(failing: .unknownSchedule) { try await queue.schedules.cancel("s") }
        #expect(try await queue.schedules.find("s") == nil)
    }

    @Test("Q3 what happens to a schedule is told, and what changes nothing is not")
    func events() async throws {
        let queue = try Rig().queue { Worker() }
        let news = queue.events(.schedules)
        try await queue.schedules.register(Work(), every, id: "s")
        try await queue.schedules.register(Work(), every, id: "s")
        try await queue.schedules.register(Work("other"), every, id: "s")
        try await queue.schedules.resume("s")
        try await queue.schedules.pause("s")
        try await queue.schedules.pause("s")
        try await queue.schedules.resume("s")
        try await queue.schedules.cancel("s")
        await queue.close()
        let changes: [JobEvent.ScheduleChange] = [.registered, .registered, .paused, .resumed, .cancelled]
        #expect(await news.kinds() == changes.map { .schedule("s", $0) })
    }

    @Test("Q3 an occurrence that is fired is told as a submission, and one that takes another's place with its end")
    func submittedEvents() async throws {
        let queue = try Rig().queue { Worker() }
        let options = SubmitOptions(onDuplicate: .supersede, uniqueness: .key("k"))
        try await queue.pause(.queue)
        let old = try await queue.submit(Work(), options).id
        try await queue.schedules.register(Work(), every, id: "s", options: options)
        let told = queue.events([.submitted, .ended])
        try await queue.runUntilIdle()
        let new = try #require(try await queue.schedules.find("s")?.lastJob)
        await queue.close()
        #expect(await told.kinds() == [.ended(.superseded, nil), .submitted(.superseded(old: old, by: new))])
    }
}
