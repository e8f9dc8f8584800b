import QueueModel
import QueueStoreKit
import Synchronization

/// The observers of a store.
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

    /// Whether nobody observes the store.
    var isEmpty: Bool { shared.withLock { $0.observers.isEmpty } }

    /// Reports jobs to stop, then pauses, then work with its best priority, then schedules.
    func report(_ report: CommitReport) {
        if report.isEmpty { return }
        // Outside of the lock: an observer may end its observation.
        let observers = shared.withLock { $0.observers }
        for observer in observers {
            if !report.stops.isEmpty { observer.body(.stop(report.stops)) }
            if report.changedPauses { observer.body(.pauses) }
            if let work = report.work { observer.body(.work(Priority(rawValue: UInt8(clamping: work)))) }
            if report.changedSchedules { observer.body(.schedules) }
        }
    }
}
