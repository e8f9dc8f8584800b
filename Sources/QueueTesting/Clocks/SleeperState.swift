/// The tasks that sleep on a manual clock or wait for sleepers; each change returns the tasks to wake.
struct SleeperState: Sendable {
    typealias Waker = CheckedContinuation<Void, any Error>
    /// The continuations to resume, each with whether by a cancellation.
    typealias Wakes = [(waker: Waker, isCancelled: Bool)]

    struct Sleeper: Sendable {
        var id: Int
        var deadline: ManualClock.Instant
        var waker: Waker
    }

    struct Watcher: Sendable {
        var id: Int
        var count: Int
        var waker: Waker
    }

    private(set) var now = ManualClock.Instant()
    /// The sleepers, ordered by deadline, then by arrival.
    private(set) var sleepers: [Sleeper] = []
    private var watchers: [Watcher] = []
    /// The ids that are not registered yet, each with whether the task was cancelled before.
    private var entering: [Int: Bool] = [:]
    private var lastID = 0

    mutating func newID() -> Int {
        lastID += 1
        entering[lastID] = false
        return lastID
    }

    mutating func sleep(_ id: Int, until deadline: ManualClock.Instant, _ waker: Waker) -> Wakes {
        if entering.removeValue(forKey: id) ?? false { return [(waker, true)] }
        if deadline <= now { return [(waker, false)] }
        let index = sleepers.firstIndex { deadline < $0.deadline } ?? sleepers.endIndex
        sleepers.insert(Sleeper(id: id, deadline: deadline, waker: waker), at: index)
        let satisfied = watchers.filter { $0.count <= sleepers.count }
        watchers.removeAll { $0.count <= sleepers.count }
        return satisfied.map { ($0.waker, false) }
    }

    mutating func await(_ id: Int, sleepers count: Int, _ waker: Waker) -> Wakes {
        if entering.removeValue(forKey: id) ?? false { return [(waker, true)] }
        if sleepers.count >= count { return [(waker, false)] }
        watchers.append(Watcher(id: id, count: count, waker: waker))
        return []
    }

    mutating func move(to instant: ManualClock.Instant) -> Wakes {
        now = max(now, instant)
        let due = sleepers.prefix { $0.deadline <= now }
        sleepers.removeFirst(due.count)
        return due.map { ($0.waker, false) }
    }

    mutating func cancel(_ id: Int) -> Wakes {
        if let index = sleepers.firstIndex(where: { $0.id == id }) {
            return [(sleepers.remove(at: index).waker, true)]
        }
        if let index = watchers.firstIndex(where: { $0.id == id }) {
            return [(watchers.remove(at: index).waker, true)]
        }
        // A task that has been woken is in no list, and its cancellation comes too late.
        if entering[id] != nil { entering[id] = true }
        return []
    }
}
