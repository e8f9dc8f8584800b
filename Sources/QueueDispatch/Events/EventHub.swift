import QueueModel
import Synchronization

/// Hands events to those who subscribed.
///
/// Costs one atomic read where nobody wants events of their kinds.
final class EventHub: Sendable {
    private struct State {
        var subscribers: [ObjectIdentifier: EventBuffer] = [:]
        var isFinished = false
    }

    private let state = Mutex(State())
    /// The kinds that anybody wants; written under the lock.
    private let wanted = Atomic<UInt16>(0)

    /// Whether anybody wants events of any of these kinds, so that they have to be made.
    func wants(_ kinds: EventKinds) -> Bool {
        !EventKinds(rawValue: wanted.load(ordering: .acquiring)).isDisjoint(with: kinds)
    }

    /// Hands events to every subscriber whose filter they pass, in order.
    func publish(_ events: [JobEvent]) {
        if events.isEmpty { return }
        // A copy of the table, so that a subscriber that is resumed finds no lock held.
        let buffers = state.withLock { Array($0.subscribers.values) }
        for buffer in buffers { buffer.append(events) }
    }

    /// Adds a subscriber; it is taken away when its events are released.
    func subscribe(_ filter: EventFilter, capacity: Int) -> JobEvents {
        let buffer = EventBuffer(filter: filter, capacity: capacity)
        let key = ObjectIdentifier(buffer)
        let isFinished = state.withLock { state in
            if state.isFinished { return true }
            state.subscribers[key] = buffer
            noteWanted(by: state)
            return false
        }
        if isFinished { buffer.finish() }
        return JobEvents(
            buffer: buffer,
            subscription: JobEvents.Subscription { [weak self] in
                self?.remove(key)
                buffer.finish()
            })
    }

    /// Ends all subscriptions after the events that they hold; later ones end at once.
    func finish() {
        let buffers = state.withLock { state in
            defer {
                state = State(isFinished: true)
                noteWanted(by: state)
            }
            return Array(state.subscribers.values)
        }
        for buffer in buffers { buffer.finish() }
    }

    private func remove(_ key: ObjectIdentifier) {
        state.withLock { state in
            state.subscribers[key] = nil
            noteWanted(by: state)
        }
    }

    private func noteWanted(by state: borrowing State) {
        let kinds = state.subscribers.values.reduce(into: EventKinds()) { $0.formUnion($1.filter.needed) }
        wanted.store(kinds.rawValue, ordering: .releasing)
    }
}

/// Which events a subscriber wants.
struct EventFilter: Sendable {
    var kinds: EventKinds = .all
    var job: JobID?
    /// Stored types; `nil`: all, and events that concern no job.
    var types: Set<JobType>?

    /// The kinds that have to be handed in: those that are wanted, and for a single job its end, which ends the stream.
    var needed: EventKinds { job == nil ? kinds : kinds.union(.ended) }

    func admits(_ event: JobEvent) -> Bool {
        guard kinds.contains(event.kind.kinds) else { return false }
        if let job, event.id != job { return false }
        if let types {
            guard let type = event.type, types.contains(type) else { return false }
        }
        return true
    }

    /// Whether no further event can come after this one, which need not be one that the subscriber wants.
    func endsWith(_ event: JobEvent) -> Bool {
        guard let job, event.id == job, case .ended = event.kind else { return false }
        return true
    }
}
