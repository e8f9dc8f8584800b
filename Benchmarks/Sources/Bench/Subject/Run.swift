import QueueDispatch
import QueueModel

/// A run of a queue, with the subscription by which its end is seen.
///
/// The run has a task of its own since it goes on from the timed region of an iteration into the untimed one.
final class Run: Sendable {
    private let queue: JobQueue
    private let events: JobEvents
    private let task: Task<Void, any Error>
    private let watchdog: Task<Void, any Error>

    /// Subscribes to ends of jobs, with room for so many.
    static func subscribe(_ queue: JobQueue, _ kinds: JobEvent.Kinds = .ended, room: Int) -> JobEvents {
        queue.events(kinds, bufferSize: room)
    }

    /// Starts to run the queue.
    ///
    /// - Parameter limit: How long it may take until it is given up.
    init(_ queue: JobQueue, events: JobEvents, within limit: Duration = .seconds(120)) {
        self.queue = queue
        self.events = events
        task = Task {
            do {
                try await queue.run()
            } catch {
                await queue.close()
                throw error
            }
        }
        // A job that is never ended must fail the row, not hang it.
        watchdog = Task {
            try await Task.sleep(for: limit)
            queue.shutdown(within: .zero)
            await queue.close()
        }
    }

    /// Waits until so many events have come.
    func events(_ count: Int) async throws {
        var received = 0
        for await event in events {
            if case .lost(let lost) = event.kind { throw Mismatch("events lost", expected: 0, found: lost) }
            received += 1
            if received == count { return }
        }
        // The subscription has ended too early: what ended the run says more.
        try await stop()
        throw Mismatch("events", expected: count, found: received)
    }

    /// Stops the queue and waits for its end.
    func stop() async throws {
        watchdog.cancel()
        queue.shutdown()
        try await task.value
    }
}
