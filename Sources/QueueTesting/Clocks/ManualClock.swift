import Synchronization

/// A clock that advances only when told to, so that tests need not wait for time to pass.
///
///     let clock = ManualClock()
///     async let woken: Void = clock.sleep(for: .seconds(3))
///     try await clock.sleepers(atLeast: 1)
///     clock.advance(by: .seconds(3))
///     try await woken
///
/// Sleepers are woken in the order of their deadlines; those with equal deadlines in the order in which they began to
/// sleep. Cancelling a sleeping task wakes it immediately with a `CancellationError`.
public final class ManualClock: Clock {
    /// An instant of the clock.
    public struct Instant: InstantProtocol {
        /// The time since the clock's start.
        public var offset: Swift.Duration

        /// Creates an instant at an offset from the clock's start.
        public init(offset: Swift.Duration = .zero) {
            self.offset = offset
        }

        /// Returns the instant a duration later.
        public func advanced(by duration: Swift.Duration) -> Instant {
            Instant(offset: offset + duration)
        }

        /// Returns the duration from this instant to another.
        public func duration(to other: Instant) -> Swift.Duration {
            other.offset - offset
        }

        /// Whether one instant is before another.
        public static func < (left: Instant, right: Instant) -> Bool {
            left.offset < right.offset
        }
    }

    private let state = Mutex(SleeperState())

    /// Creates a clock at its start.
    public init() {}

    /// The current instant.
    public var now: Instant { state.withLock(\.now) }

    /// The resolution: an attosecond, since the clock can be advanced by any duration.
    public var minimumResolution: Swift.Duration { Swift.Duration(secondsComponent: 0, attosecondsComponent: 1) }

    /// The number of sleeping tasks.
    public var sleeperCount: Int { state.withLock(\.sleepers.count) }

    /// The earliest deadline of a sleeping task; `nil` if none sleeps.
    public var nextDeadline: Instant? { state.withLock(\.sleepers.first?.deadline) }

    /// Sleeps until the clock has been advanced to the deadline.
    ///
    /// The tolerance is ignored. Returns immediately if the deadline has passed. Throws `CancellationError` if the
    /// task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Swift.Duration?) async throws {
        try await wait { state, id, continuation in state.sleep(id, until: deadline, continuation) }
    }

    /// Waits until at least a number of tasks sleep on the clock.
    ///
    /// A test uses it to wait until the tasks it started are idle. Throws `CancellationError` if the task is cancelled.
    public func sleepers(atLeast count: Int) async throws {
        try await wait { state, id, continuation in state.await(id, sleepers: count, continuation) }
    }

    /// Advances the clock and wakes the tasks whose deadlines it reaches; a negative duration counts as zero.
    public func advance(by duration: Swift.Duration) {
        wake { $0.move(to: $0.now.advanced(by: max(duration, .zero))) }
    }

    /// Advances the clock to an instant and wakes the tasks whose deadlines it reaches.
    ///
    /// An instant in the past changes nothing.
    public func advance(to instant: Instant) {
        wake { $0.move(to: instant) }
    }

    /// Advances the clock to the earliest deadline.
    ///
    /// - Returns: The duration by which the clock advanced; `nil` if no task sleeps.
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

    /// Changes the state under the lock and resumes tasks outside of it.
    private func wake(_ change: (inout SleeperState) -> SleeperState.Wakes) {
        let wakes = state.withLock { change(&$0) }
        for (waker, isCancelled) in wakes {
            if isCancelled { waker.resume(throwing: CancellationError()) } else { waker.resume() }
        }
    }
}
