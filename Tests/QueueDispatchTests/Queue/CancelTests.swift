import QueueBackoff
import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("Cancelling") struct CancelTests {
    @Test("E6 a job that has not started ends at once, and that is told")
    func pending() async throws {
        let queue = try Rig().queue { Worker() }
        let pending = try await queue.submit(Work()).id
        let blocked = try await queue.submit(Work(), SubmitOptions(dependencies: [.job(pending)])).id
        let after = try await queue.submit(Work(), SubmitOptions(dependencies: [.job(blocked)])).id
        let events = queue.events(of: Work.self, .ended)
        guard case .cancelled(let changes) = try await queue.cancel(blocked) else {
            Issue.record("a blocked job was not cancelled at once")
            return
        }
        #expect(changes.contains { $0.id == after && $0.state == .dependencyFailed })
        #expect(try await queue.job(blocked)?.state == .cancelled)
        _ = try await queue.cancel(pending)
        #expect(try await queue.job(pending)?.state == .cancelled)
        await queue.close()
        var told: [JobID?] = []
        for await event in events { told.append(event.id) }
        #expect(told == [blocked, after, pending])
    }

    @Test(
        "E6 the stream of a job that is cancelled before it starts ends",
        arguments: [JobEvent.Kinds.all, .ended, .started])
    func streamEnds(kinds: JobEvent.Kinds) async throws {
        let queue = try Rig().queue { Worker() }
        let id = try await queue.submit(Work()).id
        let events = queue.events(of: id, kinds)
        try await queue.cancel(id)
        #expect(await events.kinds() == (kinds.contains(.ended) ? [.ended(.cancelled, nil)] : []))
    }

    @Test("E6 a running job is asked to stop, cleans up, and ends as cancelled", arguments: [true, false])
    func running(returnsNormally: Bool) async throws {
        let gate = Gate()
        let reasons = Recorder<JobContext.CancellationReason?>()
        let cleaned = Recorder<JobID>()
        let queue = try Rig().queue {
            Worker { _, context in
                do {
                    try await gate.pass()
                } catch {
                    reasons.append(context.cancellation)
                    if !returnsNormally { throw error }
                }
            } cancelled: { _, context in
                // The job's task is cancelled, the hook's is not.
                if !Task.isCancelled { cleaned.append(context.id) }
            }
        }
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            guard case .requested = try await queue.cancel(id) else {
                Issue.record("a running job was not asked to stop")
                return
            }
            try await queue.expectEnd(of: id, .cancelled)
        }
        #expect(reasons.all == [.cancelled])
        #expect(cleaned.all == [id])
        #expect(try await queue.job(id)?.retries == 0)
    }

    @Test(
        "E6 a hook that takes too long is cancelled itself, and the job ends", arguments: [Duration.seconds(10), .zero])
    func hookLimit(limit: Duration) async throws {
        var rig = Rig()
        rig.configuration.cancelHookTimeLimit = limit
        let gate = Gate()
        let hook = Gate()
        let ended = Recorder<Bool>()
        let queue = try rig.queue {
            Worker { _, _ in
                try await gate.pass()
            } cancelled: { _, _ in
                try? await hook.pass()
                ended.append(Task.isCancelled)
            }
        }
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            try await queue.cancel(id)
            await hook.arrivals(1)
            rig.time.advance(by: limit)
            try await queue.expectEnd(of: id, .cancelled)
        }
        #expect(ended.all == [true])
    }

    @Test("E6 a job that had ended is not cancelled, an unknown one is an error")
    func tooLate() async throws {
        let queue = try Rig().queue { Worker() }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        #expect(try await queue.cancel(id) == .alreadyEnded(.completed))
        let error = await expect(failing: .unknownJob) { try await queue.cancel(JobID(99)) }
        #expect(error?.jobs == [JobID(99)])
    }

    @Test("E6 a job that is cancelled between its claim and its start does not do its work")
    func betweenClaimAndStart() async throws {
        let rig = Rig()
        let claimed = Gate()
        let ran = Recorder<JobContext.CancellationReason?>()
        let store = HookedStore(
            rig.memory,
            after: { _, request throws(QueueError) in
                if request != nil { await claimed.passUncancelled() }
            })
        let queue = try rig.queue(over: store) {
            Worker { _, context in
                ran.append(context.cancellation)
                // Until the loop has looked at what was asked.
                try await Gate().pass()
            }
        }
        let id = try await queue.submit(Work()).id
        async let run: Void = queue.runUntilIdle()
        await claimed.arrivals(1)
        guard case .requested = try await queue.cancel(id) else {
            Issue.record("the job had not been claimed")
            return
        }
        claimed.open()
        try await run
        #expect(try await queue.job(id)?.state == .cancelled)
    }

    @Test("E6 a cancel request of another queue on the store reaches the one that runs the job")
    func otherQueue() async throws {
        let rig = Rig()
        let gate = Gate()
        let queue = try rig.queue { Worker { _, _ in try await gate.pass() } }
        let other = try rig.queue { ExecutorRegistration.submitting(Work.self) }
        let id = try await other.submit(Work()).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            try await other.cancel(id)
            try await queue.expectEnd(of: id, .cancelled)
        }
    }

    @Test("E6 a cancel request whose signal is missed is heard of with the next renewal of the lease")
    func renewalTells() async throws {
        let rig = Rig()
        let gate = Gate()
        let deaf = HookedStore(rig.memory, isDeaf: true)
        let queue = try rig.queue(over: deaf) { Worker { _, _ in try await gate.pass() } }
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            try await queue.cancel(id)
            rig.time.advance(by: .seconds(10_000))
            try await queue.expectEnd(of: id, .cancelled)
        }
    }
}
