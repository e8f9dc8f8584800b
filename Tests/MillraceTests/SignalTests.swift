import Millrace
import Testing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A signal is sent to the whole process, so each test has one that nothing else listens for.
@Suite("Signals") struct SignalTests {
    struct Send: Job {
        static let type: JobType = "send"
        /// The signal to send; 0: none.
        var number: Int32 = 0
    }

    struct Sender: JobExecutor {
        func execute(_ job: Send, in context: JobContext) async throws {
            if job.number != 0 { kill(getpid(), job.number) }
        }
    }

    /// Runs until it is asked to stop.
    struct Stay: Job {
        static let type: JobType = "stay"
    }

    struct Stayer: JobExecutor {
        func execute(_ job: Stay, in context: JobContext) async throws {
            try await ContinuousClock().sleep(for: .seconds(3600))
        }
    }

    @Test("a signal ends a run, and the running job with it as it should")
    func signal() async throws {
        let queue = try await JobQueue(inMemory: 1) { Sender() }
        let sender = try await queue.submit(Send(number: SIGUSR2))
        #expect(
            try await queue.runUntilSignal([JobQueue.StopSignal(number: SIGUSR2)])
                == JobQueue.StopSignal(number: SIGUSR2))
        #expect(try await queue.job(sender.id)?.state == .completed)
        await queue.close()
    }

    @Test("a second signal asks running jobs to stop at once, and they go back to the queue")
    func second() async throws {
        // One that comes after the run has its former effect again: none.
        setHandled(SIGPROF)
        let queue = try await JobQueue(inMemory: 1) { Stayer() }
        let stay = try await queue.submit(Stay())
        let events = queue.events(.started)
        async let ended = queue.runUntilSignal([JobQueue.StopSignal(number: SIGPROF)])
        for await _ in events { break }
        kill(getpid(), SIGPROF)
        kill(getpid(), SIGPROF)
        // Signals that are sent while one is pending are one; so more are sent until the run has ended.
        while queue.isRunning {
            kill(getpid(), SIGPROF)
            await Task.yield()
        }
        #expect(try await ended == JobQueue.StopSignal(number: SIGPROF))
        let job = try #require(try await queue.job(stay.id))
        #expect(job.state == .pending && job.retries == 0)
        await queue.close()
    }

    @Test("every queue of the process is told, also when one has ended before")
    func several() async throws {
        let stop = JobQueue.StopSignal(number: SIGUSR1)
        let first = try await JobQueue(inMemory: 1) { Sender() }
        let second = try await JobQueue(inMemory: 1) { Sender() }
        let third = try await JobQueue(inMemory: 1) { Sender() }
        let started = [second.events(.queue), third.events(.queue)]
        async let secondEnd = second.runUntilSignal([stop])
        async let thirdEnd = third.runUntilSignal([stop])
        for events in started { for await event in events where event.kind == .queueStarted { break } }
        #expect(try await first.runUntilSignal(untilIdle: true, [stop]) == nil)
        kill(getpid(), SIGUSR1)
        #expect(try await secondEnd == stop)
        #expect(try await thirdEnd == stop)
        for queue in [first, second, third] { await queue.close() }
    }

    @Test("a signal that the process ignores stays ignored")
    func ignored() async throws {
        var action = sigaction()
        sigaction(SIGVTALRM, nil, &action)
        setIgnored(SIGVTALRM)
        defer { sigaction(SIGVTALRM, &action, nil) }
        let queue = try await JobQueue(inMemory: 1) { Sender() }
        try await queue.submit(Send(number: SIGVTALRM))
        #expect(try await queue.runUntilSignal(untilIdle: true, [JobQueue.StopSignal(number: SIGVTALRM)]) == nil)
        await queue.close()
    }

    @Test("a run that becomes idle ends without a signal")
    func idle() async throws {
        let queue = try await JobQueue(inMemory: 1) { Sender() }
        try await queue.submit(Send())
        #expect(try await queue.runUntilSignal(untilIdle: true) == nil)
        #expect(try await queue.counts()[.completed] == 1)
        await queue.close()
    }
}

/// Has a signal handled by doing nothing.
private func setHandled(_ number: Int32) {
    _ = signal(number) { _ in }
}

/// Has the process ignore a signal; outside of the suite, where `signal` is a test.
private func setIgnored(_ number: Int32) {
    _ = signal(number, SIG_IGN)
}
