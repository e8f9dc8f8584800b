import QueueModel
import Synchronization

/// Those who want to hear of commits.
final class Observers: Sendable {
    private struct Observer: Sendable {
        var id: Int
        var body: @Sendable (StoreSignal) -> Void
    }

    private struct Shared {
        var observers: [Observer] = []
        var lastID = 0
    }

    private let shared = Mutex(Shared())

    func add(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        let id = shared.withLock { shared in
            shared.lastID += 1
            shared.observers.append(Observer(id: shared.lastID, body: body))
            return shared.lastID
        }
        return StoreObservation { [weak self] in
            self?.shared.withLock { $0.observers.removeAll { $0.id == id } }
        }
    }

    /// Whether nobody wants to hear.
    var isEmpty: Bool { shared.withLock { $0.observers.isEmpty } }

    /// Tells them of jobs to stop, then of pauses, then of work, with the best priority of it, then of schedules.
    func tell(stops: [JobID], work: Int64?, schedules: Bool = false, pauses: Bool = false) {
        if stops.isEmpty && work == nil && !schedules && !pauses { return }
        // Outside of the lock: an observer may end its observation.
        let observers = shared.withLock { $0.observers }
        for observer in observers {
            if !stops.isEmpty { observer.body(.stop(stops)) }
            if pauses { observer.body(.pauses) }
            if let work { observer.body(.work(Priority(rawValue: UInt8(clamping: work)))) }
            if schedules { observer.body(.schedules) }
        }
    }
}
