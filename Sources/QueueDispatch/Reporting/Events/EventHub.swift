import QueueModel
import QueueStoreKit
import Synchronization

/// Passes events to subscribers.
///
/// Costs one atomic read where nobody wants events of their kinds.
final class EventHub: Sendable {
    private struct State {
        /// Subscribers to all jobs, in the order in which they subscribed: events reach them in this order each time.
        var general: [EventBuffer] = []
        /// Subscribers to a single job, by the job: there may be thousands, of which an event concerns one.
        var ofJobs: [JobID: [EventBuffer]] = [:]
        /// The number of subscribers that need each set of kinds.
        var needed: [JobEvent.Kinds: Int] = [:]
        var isFinished = false

        mutating func add(_ buffer: EventBuffer) {
            if let job = buffer.filter.job { ofJobs[job, default: []].append(buffer) } else { general.append(buffer) }
            needed[buffer.filter.needed, default: 0] += 1
        }

        mutating func remove(_ buffer: EventBuffer) {
            let isRemoved: Bool
            if let job = buffer.filter.job {
                isRemoved = Self.remove(buffer, from: &ofJobs[job, default: []])
                if ofJobs[job]?.isEmpty ?? false { ofJobs[job] = nil }
            } else {
                isRemoved = Self.remove(buffer, from: &general)
            }
            guard isRemoved, let count = needed[buffer.filter.needed] else { return }
            needed[buffer.filter.needed] = count > 1 ? count - 1 : nil
        }

        private static func remove(_ buffer: EventBuffer, from buffers: inout [EventBuffer]) -> Bool {
            guard let index = buffers.firstIndex(where: { $0 === buffer }) else { return false }
            buffers.remove(at: index)
            return true
        }

        /// The kinds that anybody wants.
        var kinds: JobEvent.Kinds { needed.keys.reduce(into: JobEvent.Kinds()) { $0.formUnion($1) } }
        /// All subscribers.
        var buffers: [EventBuffer] { general + ofJobs.sorted { $0.key < $1.key }.flatMap(\.value) }
    }

    private let state = Mutex(State())
    /// The kinds that anybody wants; written under the lock.
    private let wanted = Atomic<UInt16>(0)

    /// Whether anybody wants events of any of these kinds, so that they have to be made.
    func wants(_ kinds: JobEvent.Kinds) -> Bool {
        !JobEvent.Kinds(rawValue: wanted.load(ordering: .acquiring)).isDisjoint(with: kinds)
    }

    /// Passes events to every subscriber whose filter admits them, in order.
    func publish(_ events: [JobEvent]) {
        publish(events, toThoseOfJobs: events)
    }

    /// Passes events to every subscriber to all jobs, and others to the subscribers to a single job.
    func publish(_ events: [JobEvent], toThoseOfJobs jobEvents: [JobEvent]) {
        if events.isEmpty, jobEvents.isEmpty { return }
        // Copies of what is in the tables, so that a subscriber that is resumed finds no lock held.
        let (general, single) = state.withLock { state in
            var single: [(buffer: EventBuffer, event: JobEvent)] = []
            if !state.ofJobs.isEmpty {
                for event in jobEvents {
                    guard let id = event.id, let buffers = state.ofJobs[id] else { continue }
                    for buffer in buffers { single.append((buffer, event)) }
                }
            }
            return (state.general, single)
        }
        for buffer in general { buffer.append(events) }
        for (buffer, event) in single { buffer.append([event]) }
    }

    /// Adds a subscriber; it is removed when its events are released.
    func subscribe(_ filter: EventFilter, capacity: Int) -> JobEvents {
        let buffer = EventBuffer(filter: filter, capacity: capacity)
        let isFinished = state.withLock { state in
            if state.isFinished { return true }
            state.add(buffer)
            noteWanted(by: state)
            return false
        }
        if isFinished { buffer.finish() }
        return JobEvents(
            buffer: buffer,
            subscription: JobEvents.Subscription { [weak self] in
                self?.remove(buffer)
                buffer.finish()
            })
    }

    /// Ends all subscriptions after the events that they hold; later subscriptions end at once.
    func finish() {
        let buffers = state.withLock { state in
            let buffers = state.buffers
            state = State(isFinished: true)
            noteWanted(by: state)
            return buffers
        }
        for buffer in buffers { buffer.finish() }
    }

    private func remove(_ buffer: EventBuffer) {
        state.withLock { state in
            state.remove(buffer)
            noteWanted(by: state)
        }
    }

    private func noteWanted(by state: borrowing State) {
        wanted.store(state.kinds.rawValue, ordering: .releasing)
    }
}

/// The events that a subscriber wants.
struct EventFilter: Sendable {
    var kinds: JobEvent.Kinds = .all
    var job: JobID?
    /// Stored types; `nil`: all, and events that concern no job.
    var types: Set<JobType>?

    /// The kinds that have to be published: those that are wanted, and for a single job its end, which ends the
    /// stream.
    var needed: JobEvent.Kinds { job == nil ? kinds : kinds.union(.ended) }

    func admits(_ event: JobEvent) -> Bool {
        guard kinds.contains(event.kind.kinds) else { return false }
        if let job, event.id != job { return false }
        if let types {
            guard let type = event.type, types.contains(type) else { return false }
        }
        return true
    }

    /// Returns whether no event can follow this one, which the subscriber need not want itself.
    func endsWith(_ event: JobEvent) -> Bool {
        guard let job, event.id == job, case .ended = event.kind else { return false }
        return true
    }
}
