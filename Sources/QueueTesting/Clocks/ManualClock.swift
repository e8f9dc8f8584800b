import Synchronization

/// A clock whose time moves only by hand, so that a test waits for no time to pass.
///
///     let clock = ManualClock()
///     async let woken: Void = clock.sleep(for: .seconds(3))
///     try await clock.sleepers(atLeast: 1)
///     clock.advance(by: .seconds(3))
///     try await woken
///
/// Sleepers are woken in the order of their deadlines, those of one deadline in the order in which they came. Cancelling a
/// sleeping task wakes it with a `CancellationError` at once.
public final class ManualClock: Clock {
    /// A point on the clock: so long after its start.
    public struct Instant: InstantProtocol {
        /// The time since the clock's start.
        public var offset: Swift.Duration

        /// Makes the instant so long after the clock's start.
        public init(offset: Swift.Duration = .zero) {
            self.offset = offset
        }

        /// The instant a duration later.
        public func advanced(by duration: Swift.Duration) -> Instant {
            Instant(offset: offset + duration)
        }

        /// How long after this instant the other one is.
        public func duration(to other: Instant) -> Swift.Duration {
            other.offset - offset
        }

        /// Whether one instant is before another.
        public static func < (left: Instant, right: Instant) -> Bool {
            left.offset < right.offset
        }
    }

    private let state = Mutex(SleeperState())

    /// Makes a clock that stands at its start.
    public init() {}

    /// Where the clock stands.
    public var now: Instant { state.withLock(\.now) }

    /// The finest step: an attosecond, since a hand may move it by anything.
    public var minimumResolution: Swift.Duration { Swift.Duration(secondsComponent: 0, attosecondsComponent: 1) }

    /// The number of tasks that sleep now.
    public var sleeperCount: Int { state.withLock(\.sleepers.count) }

    /// The earliest deadline of a sleeping task; `nil` if none sleeps.
    public var nextDeadline: Instant? { state.withLock(\.sleepers.first?.deadline) }

    /// Sleeps until the clock has been moved to the deadline.
    ///
    /// The tolerance changes nothing.
    ///
    /// Returns at once where the deadline has passed. Throws `CancellationError` if the task is or gets cancelled.
    public func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
        try await wait { state, id, continuation in state.sleep(id, until: deadline, continuation) }
    }

    /// Returns when at least so many tasks sleep on the clock.
    ///
    /// This is how a test knows that what it started has come to rest. Throws `CancellationError` if the task gets cancelled.
    public func sleepers(atLeast count: Int) async throws {
        try await wait { state, id, continuation in state.await(id, sleepers: count, continuation) }
    }

    /// Moves the clock, at least by zero, and wakes whose deadline that reaches.
    public func advance(by duration: Swift.Duration) {
        wake { $0.move(to: $0.now.advanced(by: max(duration, .zero))) }
    }

    /// Moves the clock to an instant and wakes whose deadline that reaches.
    ///
    /// An instant that has passed moves nothing.
    public func advance(to instant: Instant) {
        wake { $0.move(to: instant) }
    }

    /// Moves the clock to the earliest deadline.
    ///
    /// Returns by how much, or `nil` if no task sleeps.
    @discardableResult
    public func advanceToNextDeadline() -> Swift.Duration? {
        guard let deadline = nextDeadline else { return nil }
        let step = now.duration(to: deadline)
        advance(to: deadline)
        return step
    }

    private func wait(
        _ enter: (inout SleeperState, Int, SleeperState.Waker) -> SleeperState.Wakes
    ) async throws {
        let id = state.withLock { $0.newID() }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                wake { enter(&$0, id, continuation) }
            }
        } onCancel: {
            wake { $0.cancel(id) }
        }
    }

    /// Changes the state under the lock and resumes outside of it.
    private func wake(_ change: (inout SleeperState) -> SleeperState.Wakes) {
        let wakes = state.withLock { change(&$0) }
        for (waker, isCancelled) in wakes {
            if isCancelled { waker.resume(throwing: CancellationError()) } else { waker.resume() }
        }
    }
}
