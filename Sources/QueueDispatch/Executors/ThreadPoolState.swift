import Dispatch
import Synchronization

/// The state of a thread pool: its threads, those that are idle, and the work that waits.
///
/// A value, changed under the pool's lock.
struct ThreadPoolState<Work: Sendable>: Sendable {
    /// The action that follows when work was added.
    enum Action {
        /// All threads are busy; one of them will take it.
        case wait
        /// It was given to an idle thread, which has to be woken.
        case wake(ThreadSeat<Work>)
        /// A thread has to be created; it is counted already.
        case startThread
    }

    private(set) var threadCount = 0
    private var waiting: [Work] = []
    private var first = 0
    /// The last has been idle for the shortest time: it is woken first, so that the others can end.
    private var idle: [ThreadSeat<Work>] = []

    mutating func take(_ work: Work, limit: Int) -> Action {
        if let seat = idle.popLast() {
            seat.give(work)
            return .wake(seat)
        }
        if threadCount < limit {
            threadCount += 1
            return .startThread
        }
        waiting.append(work)
        return .wait
    }

    /// Returns the work that has waited longest; without any the thread becomes idle.
    mutating func next(for seat: ThreadSeat<Work>) -> Work? {
        guard first < waiting.count else {
            idle.append(seat)
            return nil
        }
        defer {
            first += 1
            if first == waiting.count {
                waiting.removeAll(keepingCapacity: true)
                first = 0
            } else if first > 1024, first * 2 > waiting.count {
                waiting.removeFirst(first)
                first = 0
            }
        }
        return waiting[first]
    }

    /// Removes a thread that has been idle for long enough; returns `false` if it was given work meanwhile.
    mutating func leave(_ seat: ThreadSeat<Work>) -> Bool {
        guard let index = idle.firstIndex(where: { $0 === seat }) else { return false }
        idle.remove(at: index)
        threadCount -= 1
        return true
    }
}

/// The place where an idle thread waits for its next work.
final class ThreadSeat<Work: Sendable>: Sendable {
    private let signaled = DispatchSemaphore(value: 0)
    private let work = Mutex<Work?>(nil)

    func give(_ work: Work) {
        self.work.withLock { $0 = work }
    }

    func takeWork() -> Work? {
        work.withLock { $0.take() }
    }

    func signal() {
        signaled.signal()
    }

    /// Waits to be woken; returns `false` if that did not happen in time.
    func wait(for limit: Duration) -> Bool {
        let (seconds, attoseconds) = limit.components
        // More than a year counts as a year: `DispatchTime` can't hold every duration.
        let nanoseconds = Int(min(seconds, 31_536_000)) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        return signaled.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success
    }
}
