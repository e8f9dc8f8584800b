import Dispatch
import Synchronization

/// Who works, who rests and what waits in a pool of threads; a value, changed under the pool's lock.
struct ThreadPoolState<Work: Sendable>: Sendable {
    /// What is to be done after work was taken in.
    enum Action {
        /// All threads are busy; one of them will come for it.
        case wait
        /// It was given to a thread that rests, which has to be woken.
        case wake(ThreadSeat<Work>)
        /// A thread has to be made, which is counted already.
        case startThread
    }

    private(set) var threadCount = 0
    private var waiting: [Work] = []
    private var first = 0
    /// The last is the one that has rested for the shortest time: it is woken first, so that the others may come to their end.
    private var resting: [ThreadSeat<Work>] = []

    mutating func take(_ work: Work, limit: Int) -> Action {
        if let seat = resting.popLast() {
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

    /// The work that has waited longest; else the thread rests on its seat.
    mutating func next(for seat: ThreadSeat<Work>) -> Work? {
        guard first < waiting.count else {
            resting.append(seat)
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

    /// Lets a thread go that has rested for long enough; `false` if it was given work meanwhile.
    mutating func leave(_ seat: ThreadSeat<Work>) -> Bool {
        guard let place = resting.firstIndex(where: { $0 === seat }) else { return false }
        resting.remove(at: place)
        threadCount -= 1
        return true
    }
}

/// Where a thread rests, and finds its next work.
final class ThreadSeat<Work: Sendable>: Sendable {
    private let bell = DispatchSemaphore(value: 0)
    private let work = Mutex<Work?>(nil)

    func give(_ work: Work) {
        self.work.withLock { $0 = work }
    }

    func takeWork() -> Work? {
        work.withLock { $0.take() }
    }

    func signal() {
        bell.signal()
    }

    /// Waits to be woken; `false` if that did not come in time.
    func wait(for limit: Duration) -> Bool {
        let (seconds, attoseconds) = limit.components
        // Longer than a year is for ever.
        let nanoseconds = Int(min(seconds, 31_536_000)) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        return bell.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success
    }
}
