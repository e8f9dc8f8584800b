import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting

/// What a test of a running queue needs: a store, time that moves by hand, and a configuration that uses both.
struct Rig {
    let time = ManualTime()
    let memory = MemoryJobStore()
    let log = LogRecorder()
    var configuration: QueueConfiguration

    init(concurrency: Int = 4) {
        configuration = .test(concurrency: concurrency)
        configuration.clock = time.clock
        configuration.wallClock = time.wall
        configuration.log = log
        // Out of the way of tests that move the clock by less.
        configuration.pollInterval = .seconds(1000)
        configuration.lease = .seconds(30_000)
        configuration.expiryInterval = .seconds(30_000)
    }

    var now: Timestamp { time.wall.now() }

    /// Lets seconds pass, as many as it takes, until something is so: for back-offs that begin at no instant that a test knows.
    func advance(until isSo: () async throws -> Bool) async throws {
        while try await !isSo() {
            time.advance(by: .seconds(1))
            await Task.yield()
        }
    }

    /// A queue over the rig's memory, or over a store around it.
    func queue(over store: (any JobStore)? = nil, @Domain.Builder _ domains: () -> [Domain]) throws(QueueError)
        -> JobQueue
    {
        try JobQueue(store: store ?? memory, configuration: configuration, domains: domains)
    }
}

/// Does something while a queue runs, then stops it, cancelling what still runs.
func whileRunning<Answer>(_ queue: JobQueue, _ body: () async throws -> Answer) async throws -> Answer {
    var started: JobEvents? = queue.events(.queue)
    async let run: Void = queue.running()
    _ = await started?.first { $0 == .queueStarted }
    // Its subscription ends here, so that a test may have none.
    started = nil
    let answer: Answer
    do {
        answer = try await body()
    } catch {
        queue.shutdown(within: .zero)
        _ = try? await run
        throw error
    }
    queue.shutdown(within: .zero)
    try await run
    return answer
}

extension JobQueue {
    fileprivate func running() async throws {
        try await run()
    }

    /// Waits until a job has ended, and gives its record.
    func end(of id: JobID) async throws -> JobRecord? {
        let events = events(of: id, .ended)
        if let record = try await job(id), record.state.isTerminal { return record }
        for await _ in events {}
        return try await job(id)
    }
}

extension JobEvents {
    /// Waits for the first event that is as wanted.
    func first(where isWanted: (JobEvent.Kind) -> Bool) async -> JobEvent? {
        for await event in self where isWanted(event.kind) { return event }
        return nil
    }
}

extension JobEvents {
    /// All kinds of events until the end of the stream.
    func kinds() async -> [JobEvent.Kind] {
        var kinds: [JobEvent.Kind] = []
        for await event in self { kinds.append(event.kind) }
        return kinds
    }
}
