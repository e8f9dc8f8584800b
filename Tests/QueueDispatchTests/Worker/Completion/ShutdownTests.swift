import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Shutdown") struct ShutdownTests {
    private static let locked = QueueError(.busy, "locked", isTransient: true)

    @Test("C8 cancelling the task interrupts the jobs, which are pending again without a failure")
    func cancellation() async throws {
        let gate = Gate()
        let reasons = Recorder<JobContext.CancellationReason?>()
        let queue = try Rig().queue {
            Worker { _, context in
                defer { reasons.append(context.cancellation) }
                try await gate.pass()
            }
        }
        let ids = try await queue.submit(contentsOf: (0..<6).map { Work("\($0)") }).map(\.id)
        let released = queue.events(.attempts)
        let run = Task { try await queue.run() }
        await gate.arrivals(4)
        run.cancel()
        try await run.value
        #expect(!queue.isRunning)
        #expect(reasons.all == Array(repeating: .shuttingDown, count: 4))
        for (place, id) in ids.enumerated() {
            let record = try #require(try await queue.job(id))
            #expect(record.state == .pending)
            #expect(record.retries == 0)
            #expect(record.crashes == 0)
            #expect(
                try await queue.inspector.attempts(of: id).map(\.failure?.kind) == (place < 4 ? [.interrupted] : []))
        }
        await queue.close()
        #expect(await released.kinds() == Array(repeating: .released, count: 4))
    }

    @Test("C8 a task that is cancelled before it runs the queue claims nothing")
    func cancelledBefore() async throws {
        let queue = try Rig().queue { Worker() }
        let id = try await queue.submit(Work()).id
        let start = Gate()
        let run = Task {
            await start.passUncancelled()
            try await queue.run()
        }
        run.cancel()
        start.open()
        try await run.value
        #expect(try await queue.job(id)?.state == .pending)
    }

    @Test("C8 a queue that is cancelled while a claim is under way gives back what was claimed")
    func cancelledWhileClaiming() async throws {
        let rig = Rig()
        let claimed = Gate()
        let store = HookedStore(
            rig.memory,
            after: { _, request throws(QueueError) in
                if request != nil { await claimed.passUncancelled() }
            })
        let queue = try rig.queue(over: store) { Worker { _, _ in try await Gate().pass() } }
        let id = try await queue.submit(Work()).id
        let run = Task { try await queue.run() }
        await claimed.arrivals(1)
        run.cancel()
        claimed.open()
        try await run.value
        #expect(try await queue.job(id)?.state == .pending)
        #expect(try await rig.memory.check().isEmpty)
    }

    @Test("C8 a shutdown claims nothing more and lets what runs finish")
    func graceful() async throws {
        let gate = Gate()
        let queue = try Rig(concurrency: 2).queue { Worker { _, _ in try await gate.pass() } }
        let ids = try await queue.submit(contentsOf: (0..<3).map { Work("\($0)") }).map(\.id)
        async let run: Void = queue.run()
        await gate.arrivals(2)
        queue.shutdown()
        gate.open()
        try await run
        #expect(try await queue.counts() == StateCounts([.completed: 2, .pending: 1]))
        #expect(try await queue.job(ids[2])?.state == .pending)
    }

    @Test("C8 a shutdown cancels at its limit, which a later call may shorten", arguments: [true, false])
    func limit(isShortened: Bool) async throws {
        let rig = Rig()
        let gate = Gate()
        let reasons = Recorder<JobContext.CancellationReason?>()
        let queue = try rig.queue {
            Worker { _, context in
                defer { reasons.append(context.cancellation) }
                try await gate.pass()
            }
        }
        let id = try await queue.submit(Work()).id
        async let run: Void = queue.run()
        await gate.arrivals(1)
        queue.shutdown(within: .seconds(100))
        queue.shutdown(within: .seconds(200))
        if isShortened { queue.shutdown(within: .seconds(10)) }
        rig.time.advance(by: .seconds(isShortened ? 9 : 99))
        #expect(reasons.all.isEmpty)
        rig.time.advance(by: .seconds(1))
        try await run
        #expect(reasons.all == [.shuttingDown])
        #expect(try await queue.job(id)?.state == .pending)
    }

    @Test("C8 an end that can't be stored at first is stored before run returns")
    func storedInTheEnd() async throws {
        let rig = Rig()
        let fails = Flag(true)
        let failed = Gate()
        failed.open()
        let store = HookedStore(rig.memory) { completions, _ throws(QueueError) in
            guard !completions.isEmpty, fails.isSet else { return }
            await failed.passUncancelled()
            throw Self.locked
        }
        let queue = try rig.queue(over: store) { Worker() }
        let id = try await queue.submit(Work()).id
        let done = Flag()
        async let run: Void = {
            try await queue.run()
            done.isSet = true
        }()
        await failed.arrivals(1)
        queue.shutdown()
        #expect(!done.isSet)
        fails.isSet = false
        try await rig.advance { done.isSet }
        try await run
        #expect(try await queue.job(id)?.state == .completed)
    }

    @Test("C8 run throws and names the jobs whose ends could not be stored in time", arguments: [0, 30])
    func neverStored(limit: Int) async throws {
        var rig = Rig()
        rig.configuration.shutdownTimeLimit = .seconds(limit)
        let gate = Gate()
        let late = Gate()
        let store = HookedStore(rig.memory) { completions, _ throws(QueueError) in
            if !completions.isEmpty { throw Self.locked }
        }
        let queue = try rig.queue(over: store) {
            Worker { job, _ in
                if job.name == "slow" { try await gate.pass() }
                if job.name == "deaf" { await late.passUncancelled() }
            }
        }
        let ids = try await queue.submit(contentsOf: [Work("quick"), Work("slow"), Work("deaf")]).map(\.id)
        let done = Flag()
        async let result: QueueError? = {
            defer { done.isSet = true }
            do {
                try await queue.run()
                return nil
            } catch {
                return error as? QueueError
            }
        }()
        await gate.arrivals(1)
        await late.arrivals(1)
        queue.shutdown()
        // The deaf one returns long after all tries have been given up.
        for _ in 0..<200 {
            rig.time.advance(by: .seconds(1))
            await Task.yield()
        }
        #expect(!done.isSet)
        late.open()
        try await rig.advance { done.isSet }
        let error = await result
        #expect(error?.code == .completionsNotStored)
        #expect(error?.jobs.sorted() == ids)
        #expect(!queue.isRunning)
        // The lease runs out, as that of a dead worker does.
        #expect(try await rig.memory.counts()[.running] == 3)
    }

    @Test("C8 the time limit of zero stores what can be stored")
    func noTime() async throws {
        var rig = Rig()
        rig.configuration.shutdownTimeLimit = .zero
        let gate = Gate()
        let queue = try rig.queue { Worker { _, _ in try await gate.pass() } }
        try await queue.submit(contentsOf: (0..<4).map { Work("\($0)") })
        async let run: Void = queue.run()
        await gate.arrivals(4)
        gate.open()
        queue.shutdown()
        try await run
        #expect(try await queue.counts()[.running] == 0)
    }

    @Test(
        "C8 a claim that fails for now is tried again, one that fails for good ends the run", arguments: [true, false])
    func claimErrors(isTransient: Bool) async throws {
        let rig = Rig()
        let store = FaultyStore(rig.memory)
        let error = QueueError(isTransient ? .busy : .corrupt, "no", isTransient: isTransient)
        store.add(Fault(.operation(.turn), calls: 1...3, throwing: error))
        let queue = try rig.queue(over: store) { Worker() }
        let id = try await queue.submit(Work()).id
        let done = Flag()
        async let result: QueueError? = {
            defer { done.isSet = true }
            do {
                try await queue.runUntilIdle()
                return nil
            } catch {
                return error as? QueueError
            }
        }()
        try await rig.advance { done.isSet }
        #expect(await result?.code == (isTransient ? nil : .corrupt))
        #expect(try await queue.job(id)?.state == (isTransient ? .completed : .pending))
        #expect(rig.log.lines(.warning, containing: "claiming failed").count == (isTransient ? 3 : 0))
        #expect(!queue.isRunning)
    }

    @Test(
        "C8 what fails at the start is thrown, and the queue can run later",
        arguments: [Fault.Operation.openWorker, .recover, .activeTypes])
    func startErrors(operation: Fault.Operation) async throws {
        let rig = Rig()
        let store = FaultyStore(rig.memory, faults: [Fault(.operation(operation), throwing: Self.locked)])
        let queue = try rig.queue(over: store) { Worker() }
        await expect(failing: .busy) { try await queue.run() }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        #expect(try await queue.job(id)?.state == .completed)
    }

    @Test("C8 a lease that can't be given back is logged, and the run has ended well")
    func closeErrors() async throws {
        let rig = Rig()
        let store = FaultyStore(rig.memory, faults: [Fault(.operation(.closeWorker), throwing: Self.locked)])
        try await rig.queue(over: store) { Worker() }.runUntilIdle()
        #expect(rig.log.lines(.warning, containing: "lease").count == 1)
    }
}
