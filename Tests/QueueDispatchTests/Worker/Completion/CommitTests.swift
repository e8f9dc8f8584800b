import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Completions") struct CommitTests {
    private static let locked = QueueError(.busy, "locked", isTransient: true)

    @Test("C4 a slot is free when its executor has returned, before the commit")
    func slots() async throws {
        let rig = Rig(concurrency: 1)
        let commit = Gate()
        // Where completions wait for their commit, and the claim that goes with it.
        let store = HookedStore(rig.memory) { completions, _ throws(QueueError) in
            if completions.contains(where: { $0.id == JobID(1) }) { await commit.passUncancelled() }
        }
        let ran = Recorder<String>()
        let queue = try rig.queue(over: store) { Worker { job, _ in ran.append(job.name) } }
        let requests = try await queue.submit(contentsOf: [Work("a"), Work("b")])
        try await whileRunning(queue) {
            await commit.arrivals(1)
            // The end of the first is not stored, and the very transaction that stores it claims the second.
            #expect(try await queue.job(requests[0].id)?.state == .running)
            #expect(queue.counters.attempts == 0)
            commit.open()
            try await queue.expectEnd(of: requests[1].id, .completed)
        }
        #expect(ran.all == ["a", "b"])
        #expect(queue.counters.batches == 2)
    }

    @Test("C5 nothing is told of an end that is not stored")
    func eventsComeAfter() async throws {
        let rig = Rig()
        let fails = Flag(true)
        let failed = Gate()
        failed.open()
        let store = HookedStore(rig.memory) { completions, _ throws(QueueError) in
            guard !completions.isEmpty, fails.isSet else { return }
            await failed.passUncancelled()
            throw Self.locked
        }
        let metrics = MetricsRecorder()
        var configured = rig
        configured.configuration.metrics = metrics
        let queue = try configured.queue(over: store) { Worker() }
        let ended = queue.events(.ended)
        let told = Flag()
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            async let first = {
                let event = await ended.first { _ in true }
                told.isSet = true
                return event
            }()
            await failed.arrivals(1)
            try await rig.advance { failed.arrivals > 1 }
            #expect(!told.isSet)
            #expect(metrics.ended.isEmpty)
            #expect(queue.counters.attempts == 0)
            fails.isSet = false
            try await rig.advance { told.isSet }
            #expect(await first?.id == id)
        }
        #expect(metrics.ended == ["completed"])
        #expect(metrics.values(of: .batchSize) == [1])
    }

    @Test(
        "C6 transient errors of a turn lose nothing, whether it had taken effect or not",
        arguments: [Fault.Moment.before, .after], 1...6)
    func transient(moment: Fault.Moment, call: Int) async throws {
        let rig = Rig(concurrency: 3)
        let store = FaultyStore(rig.memory)
        // A claim whose answer is lost leaves jobs that run nowhere; so only what stores ends may lose its answer.
        if moment == .before {
            store.add(Fault(.operation(.turn), calls: call...call + 2, .before, throwing: Self.locked))
        }
        let hooked = HookedStore(
            store,
            after: { [counter = Gate()] completions, request throws(QueueError) in
                guard moment == .after, request == nil, !completions.isEmpty else { return }
                counter.open()
                await counter.passUncancelled()
                if counter.arrivals == call { throw Self.locked }
            })
        let ran = Recorder<String>()
        let queue = try rig.queue(over: hooked) { Worker { job, _ in ran.append(job.name) } }
        try await queue.submit(contentsOf: (0..<30).map { Work("\($0)") })
        let done = Flag()
        async let run: Void = {
            try await queue.runUntilIdle()
            done.isSet = true
        }()
        try await rig.advance { done.isSet }
        try await run
        #expect(try await queue.counts() == StateCounts([.completed: 30]))
        #expect(ran.all.sorted() == (0..<30).map(String.init).sorted())
        #expect(queue.counters.attempts + queue.counters.stale == 30)
    }

    @Test("C6 a completion that can't be stored is isolated, reported, and left to recovery; the others are stored")
    func poison() async throws {
        let rig = Rig(concurrency: 16)
        let store = HookedStore(rig.memory) { completions, _ throws(QueueError) in
            if completions.contains(where: { $0.id == JobID(7) }) { throw QueueError(.invalidRow, "job 7 is broken") }
        }
        let gate = Gate()
        let queue = try rig.queue(over: store) { Worker { _, _ in try await gate.pass() } }
        let trouble = queue.events(.trouble)
        let outcomes = try await queue.submit(contentsOf: (1...16).map { Work("\($0)") })
        let done = Flag()
        try await whileRunning(queue) {
            await gate.arrivals(16)
            gate.open()
            async let event = {
                let event = await trouble.first { _ in true }
                done.isSet = true
                return event
            }()
            try await rig.advance { done.isSet }
            let told = await event
            #expect(told?.id == JobID(7))
            #expect(told?.kind == .completionRejected(message: "invalidRow: job 7 is broken"))
            for outcome in outcomes where outcome.id != JobID(7) {
                try await rig.advance { try await queue.job(outcome.id)?.state == .completed }
            }
            #expect(try await queue.job(JobID(7))?.state == .running)
            // The queue goes on.
            try await queue.expectEnd(of: try await queue.submit(Work()).id, .completed)
        }
        #expect(queue.counters.rejected == 1)
        #expect(rig.log.lines(.error, containing: "#7").count == 1)
        // The lease was given back, and with it the job.
        #expect(try await queue.job(JobID(7))?.state == .pending)
    }

    @Test("C6 an error of the claim rejects none of the ends that were to be stored with it")
    func innocentCompletion() async throws {
        let rig = Rig(concurrency: 1)
        let fails = Flag()
        let store = HookedStore(rig.memory) { _, request throws(QueueError) in
            if fails.isSet, request != nil { throw QueueError(.invalidRow, "a pending job is broken") }
        }
        let gate = Gate()
        let queue = try rig.queue(over: store) { Worker { _, _ in try await gate.pass() } }
        let id = try await queue.submit(Work()).id
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
        fails.isSet = true
        gate.open()
        try await rig.advance { done.isSet }
        #expect(await result?.code == .invalidRow)
        #expect(try await queue.job(id)?.state == .completed)
        #expect(queue.counters.rejected == 0)
    }

    @Test("C7 nothing is claimed while more is uncommitted than the limit", arguments: [1, 2, 5])
    func backpressure(limit: Int) async throws {
        var rig = Rig(concurrency: 8)
        let metrics = MetricsRecorder()
        rig.configuration.metrics = metrics
        rig.configuration.completions.maxBatch = 1
        rig.configuration.completions.maxUncommitted = limit
        let claims = Recorder<Int>()
        let store = HookedStore(rig.memory) { _, request throws(QueueError) in
            guard let request else { return }
            // All free slots are asked for; what was started, does not run and is not recorded is uncommitted.
            let running = 8 - request.limit
            claims.append(metrics.values(of: .started).count - running - metrics.ended.count)
            // Time for others to end.
            for _ in 0..<10 { await Task.yield() }
        }
        let queue = try rig.queue(over: store) { Worker() }
        try await queue.submit(contentsOf: (0..<100).map { Work("\($0)") })
        try await queue.runUntilIdle()
        #expect(try await queue.counts() == StateCounts([.completed: 100]))
        #expect(claims.all.allSatisfy { 0...limit ~= $0 })
    }

    @Test("C7 what ends that were stored without a claim have freed is claimed once claiming starts again")
    func startingAgain() async throws {
        var rig = Rig(concurrency: 4)
        rig.configuration.completions.maxBatch = 1
        rig.configuration.completions.maxUncommitted = 1
        rig.configuration.groups["g"] = GroupRule(limit: 3)
        let commit = Gate()
        let store = HookedStore(rig.memory) { completions, _ throws(QueueError) in
            if !completions.isEmpty { await commit.passUncancelled() }
        }
        let queue = try rig.queue(over: store) { Worker() }
        try await queue.submit(contentsOf: (0..<40).map { Work("\($0)") }, SubmitOptions(group: "g"))
        async let run: Void = queue.runUntilIdle()
        await commit.arrivals(1)
        commit.open()
        try await run
        // No signal, poll or other end has to come.
        #expect(try await queue.counts() == StateCounts([.completed: 40]))
    }

    @Test("C5 the events of one job come in order, through retries and batches")
    func order() async throws {
        let queue = try Rig(concurrency: 8).queue {
            Worker { _, context in if context.attempt < 3 { throw JobError.retryable("again", after: .zero) } }
        }
        let events = queue.events([.started, .attempts, .ended], bufferSize: 10_000)
        try await queue.submit(contentsOf: (0..<50).map { Work("\($0)") })
        try await queue.runUntilIdle()
        await queue.close()
        var told: [JobID: [String]] = [:]
        for await event in events {
            guard let id = event.id else { continue }
            switch event.kind {
            case .started(let attempt): told[id, default: []].append("started \(attempt)")
            case .retrying: told[id, default: []].append("retrying")
            case .ended(let state, _): told[id, default: []].append("\(state)")
            default: told[id, default: []].append("?")
            }
        }
        #expect(told.count == 50)
        let expected = ["started 1", "retrying", "started 2", "retrying", "started 3", "completed"]
        #expect(told.values.allSatisfy { $0 == expected })
    }
}
