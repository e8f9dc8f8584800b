import QueueDispatch
import QueueModel
import QueueTesting
import Testing

private struct Shared: Sendable, Equatable { var value: Int }
private struct Global: Sendable, Equatable { var value: Int }

@Suite("Context") struct ContextTests {
    @Test("E1 an executor sees the record, the attempt and the time")
    func record() async throws {
        let rig = Rig()
        let seen = Recorder<JobRecord>()
        let queue = try rig.queue {
            Worker { job, context in
                #expect(context.id == context.job.id)
                #expect(context.attempt == 1)
                #expect(context.cancellation == nil)
                #expect(context.now == rig.now)
                #expect(context.clock is ManualClock)
                #expect(job == Work("x"))
                seen.append(context.job)
            }
        }
        let id = try await queue.submit(Work("x"), SubmitOptions(group: "g", tags: [Tag("a", "1")], label: "l")).id
        try await queue.runUntilIdle()
        let record = try #require(seen.all.first)
        #expect(record.id == id)
        #expect(record.state == .running)
        #expect(record.group == "g")
        #expect(record.label == "l")
        #expect(record.tags == [Tag("a", "1")])
        #expect(record.startedAt == rig.now)
    }

    @Test("E1 state is looked for in the domain first, then in the queue")
    func state() async throws {
        var rig = Rig()
        rig.configuration.setState(Shared(value: 1))
        rig.configuration.setState(Global(value: 2))
        let seen = Recorder<[Int?]>()
        let queue = try rig.queue {
            Domain("d") {
                Worker { _, context in
                    seen.append([context.state(Shared.self)?.value, context.state(Global.self)?.value])
                }
            }
            .state(Shared(value: 3))
            OtherWorker { _, context in
                seen.append([context.state(Shared.self)?.value, context.state(Int.self)])
            }
        }
        try await queue.submit(Work(), SubmitOptions(priority: .high))
        try await queue.submit(Other())
        try await queue.runUntilIdle()
        #expect(Set(seen.all) == [[3, 2], [1, nil]])
    }

    @Test("E1 reported bytes add up, are kept with the job, and begin anew with each attempt")
    func io() async throws {
        let queue = try Rig().queue {
            Worker { _, context in
                context.report(io: IOAmount(diskRead: 1, diskWritten: 2, networkReceived: 3, networkSent: 4))
                context.report(io: IOAmount(diskRead: 10))
                if context.attempt == 1 { throw JobError.retryable("again", after: .zero) }
            }
        }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        #expect(
            try await queue.job(id)?.io
                == IOAmount(diskRead: 11, diskWritten: 2, networkReceived: 3, networkSent: 4))
    }

    @Test("E1 bytes that many tasks of a job report at once all add up")
    func concurrentIO() async throws {
        let queue = try Rig().queue {
            Worker { _, context in
                await withTaskGroup { group in
                    for _ in 0..<8 {
                        group.addTask {
                            for _ in 0..<20_000 {
                                context.report(
                                    io: IOAmount(diskRead: 1, diskWritten: 2, networkReceived: 3, networkSent: 4))
                            }
                        }
                    }
                }
            }
        }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        let sum: Int64 = 160_000
        #expect(
            try await queue.job(id)?.io
                == IOAmount(diskRead: sum, diskWritten: 2 * sum, networkReceived: 3 * sum, networkSent: 4 * sum))
    }

    @Test(
        "E1 a checkpoint is read by the next attempt, whether it comes at once or from the queue",
        arguments: [Duration.zero, .seconds(5)])
    func checkpoint(delay: Duration) async throws {
        let rig = Rig()
        let seen = Recorder<[Int?]>()
        let queue = try rig.queue {
            Worker { _, context in
                let before = try context.checkpoint(as: Int.self)
                let number = context.attempt
                try await context.save(checkpoint: number * 10)
                seen.append([before, try context.checkpoint(as: Int.self)])
                if number < 4 { throw JobError.retryable("again", after: delay) }
            }
        }
        let retried = queue.events(.attempts)
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            for _ in 0..<3 {
                _ = await retried.first { _ in true }
                rig.time.advance(by: delay)
            }
            try await queue.expectEnd(of: id, .completed)
        }
        #expect(seen.all == [[nil, 10], [10, 20], [20, 30], [30, 40]])
    }

    @Test("E1 a log line has the job's id and type")
    func log() async throws {
        let rig = Rig()
        let queue = try rig.queue { Worker { _, context in context.log(.info, "hello") } }
        try await queue.submit(Work())
        try await queue.runUntilIdle()
        #expect(rig.log.lines(.info) == ["#1 work: hello"])
    }

    @Test("E1 an executor submits to other domains")
    func submitting() async throws {
        let ran = Recorder<String>()
        let queue = try Rig(concurrency: 1).queue {
            Domain("a") {
                Worker { _, context in
                    try await context.queue.submit(Other("inner"), SubmitOptions(domain: "b"))
                    ran.append("outer")
                }
            }
            Domain("b") { OtherWorker { job, _ in ran.append(job.name) } }
            Domain("c") { OtherWorker() }
        }
        try await queue.submit(Work())
        try await queue.runUntilIdle()
        #expect(ran.all == ["outer", "inner"])
    }
}
