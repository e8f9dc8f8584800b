import QueueModel
import QueueStoreKit
import Synchronization

/// The bounded buffer of one subscriber.
///
/// When it is full, the oldest events are dropped and counted.
final class EventBuffer: Sendable {
    private struct State {
        var ring: [JobEvent?]
        var first = 0
        var count = 0
        var lost = 0
        var isFinished = false
        var waiter: UnsafeContinuation<JobEvent?, Never>?

        mutating func push(_ event: JobEvent) {
            if count == ring.count {
                ring[first] = event
                first = (first + 1) % ring.count
                lost += 1
            } else {
                ring[(first + count) % ring.count] = event
                count += 1
            }
        }

        mutating func pop() -> JobEvent? {
            if lost > 0 {
                let at = ring[first]?.at ?? .distantPast
                defer { lost = 0 }
                return JobEvent(.lost(lost), at: at)
            }
            guard count > 0 else { return nil }
            defer {
                ring[first] = nil
                first = (first + 1) % ring.count
                count -= 1
            }
            return ring[first]
        }
    }

    /// The largest number of events that can wait; memory for all of them is allocated at once.
    static let largest = 1_000_000

    let filter: EventFilter
    private let state: Mutex<State>

    init(filter: EventFilter, capacity: Int) {
        self.filter = filter
        state = Mutex(State(ring: Array(repeating: nil, count: min(max(1, capacity), Self.largest))))
    }

    func append(_ events: [JobEvent]) {
        let resumption = state.withLock { state -> (UnsafeContinuation<JobEvent?, Never>, JobEvent?)? in
            if state.isFinished { return nil }
            for event in events {
                if filter.admits(event) { state.push(event) }
                if filter.endsWith(event) {
                    state.isFinished = true
                    break
                }
            }
            guard let waiter = state.waiter else { return nil }
            let event = state.pop()
            if event == nil, !state.isFinished { return nil }
            state.waiter = nil
            return (waiter, event)
        }
        if let (waiter, event) = resumption { waiter.resume(returning: event) }
    }

    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            defer { state.waiter = nil }
            return state.waiter
        }
        // A waiter means that the buffer was empty.
        waiter?.resume(returning: nil)
    }

    /// The next event; `nil` at the end, and when the task is cancelled.
    func next() async -> JobEvent? {
        // What is there already needs neither a suspension nor a handler, which cost more than the event.
        if let event = state.withLock({ $0.pop() }) { return event }
        return await waitForNext()
    }

    private func waitForNext() async -> JobEvent? {
        await withTaskCancellationHandler {
            await withUnsafeContinuation { (waiter: UnsafeContinuation<JobEvent?, Never>) in
                // Resumed exactly once: here, or by whoever takes it out of the state under the lock.
                let ready = state.withLock { state -> JobEvent?? in
                    if let event = state.pop() { return .some(event) }
                    if state.isFinished || Task.isCancelled { return .some(nil) }
                    precondition(state.waiter == nil, "the events of one subscription are for one task")
                    state.waiter = waiter
                    return nil
                }
                if let ready { waiter.resume(returning: ready) }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(returning: nil)
        }
    }
}
