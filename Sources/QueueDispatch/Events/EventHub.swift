import QueueModel
import Synchronization

/// Hands events to those who subscribed.
///
/// Costs one atomic read where nobody has.
final class EventHub: Sendable {
    private let subscribers = Mutex<[ObjectIdentifier: EventBuffer]>([:])
    private let count = Atomic(0)

    /// Whether nobody listens, so that events need not be made.
    var isIdle: Bool { count.load(ordering: .acquiring) == 0 }

    /// Hands events to every subscriber whose filter they pass, in order.
    func publish(_ events: [JobEvent]) {
        if events.isEmpty { return }
        // A copy of the table, so that a subscriber that is resumed finds no lock held.
        let buffers = subscribers.withLock { Array($0.values) }
        for buffer in buffers { buffer.append(events) }
    }

    /// Adds a subscriber; it is taken away when its events are released.
    func subscribe(_ filter: EventFilter, capacity: Int) -> JobEvents {
        let buffer = EventBuffer(filter: filter, capacity: capacity)
        let key = ObjectIdentifier(buffer)
        subscribers.withLock { subscribers in
            subscribers[key] = buffer
            count.store(subscribers.count, ordering: .releasing)
        }
        return JobEvents(
            buffer: buffer,
            subscription: JobEvents.Subscription { [weak self] in
                self?.remove(key)
                buffer.finish()
            })
    }

    /// Ends all subscriptions after the events that they hold.
    func finish() {
        let buffers = subscribers.withLock { subscribers in
            defer {
                subscribers = [:]
                count.store(0, ordering: .releasing)
            }
            return Array(subscribers.values)
        }
        for buffer in buffers { buffer.finish() }
    }

    private func remove(_ key: ObjectIdentifier) {
        subscribers.withLock { subscribers in
            subscribers[key] = nil
            count.store(subscribers.count, ordering: .releasing)
        }
    }
}

/// Which events a subscriber wants.
struct EventFilter: Sendable {
    var kinds: EventKinds = .all
    var job: JobID?
    /// Stored types; `nil`: all, and events that concern no job.
    var types: Set<JobType>?

    func admits(_ event: JobEvent) -> Bool {
        guard kinds.contains(event.kind.kinds) else { return false }
        if let job, event.id != job { return false }
        if let types {
            guard let type = event.type, types.contains(type) else { return false }
        }
        return true
    }

    /// Whether no further event can come after this one.
    func endsWith(_ event: JobEvent) -> Bool {
        guard job != nil, case .ended = event.kind else { return false }
        return true
    }
}
