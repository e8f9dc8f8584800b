public import QueueModel
import QueueStoreKit
import Synchronization

/// A wall clock that advances only when told to, and can be set back.
///
/// Only ``advance(by:)`` increases its uptime: neither setting the clock nor a sleeping host does.
public final class ManualWallClock: WallClock {
    private struct Reading {
        var shown: Timestamp
        /// The fraction of a millisecond by which it has advanced beyond that, so that small steps add up.
        var rest = Duration.zero
        var uptime: Duration
    }

    private let time: Mutex<Reading>

    /// Creates a clock that shows an instant.
    ///
    /// The default is 2023-11-14T22:13:20Z, a round number of milliseconds.
    public init(_ start: Timestamp = Timestamp(milliseconds: 1_700_000_000_000)) {
        time = Mutex(Reading(shown: start, uptime: .milliseconds(start.milliseconds)))
    }

    /// Returns the current time.
    public func now() -> Timestamp {
        time.withLock(\.shown)
    }

    /// Returns the time for which the host has been awake, counted from 1970 as if it had been so until the clock was
    /// created.
    public func uptime() -> Duration {
        time.withLock(\.uptime)
    }

    /// Sets the clock to an earlier or later instant.
    public func set(to instant: Timestamp) {
        time.withLock { $0 = Reading(shown: instant, uptime: $0.uptime) }
    }

    /// Sets the clock forward, or back by a negative duration.
    public func set(by duration: Duration) {
        time.withLock { $0 = Reading(shown: $0.shown.advanced(by: duration), uptime: $0.uptime) }
    }

    /// Advances the clock and the uptime; a negative duration sets the clock back and leaves the uptime unchanged.
    public func advance(by duration: Duration) {
        time.withLock { time in
            time.uptime += max(duration, .zero)
            let moved = time.rest + duration
            let whole = moved.wholeMilliseconds
            time.shown = time.shown.advanced(by: moved)
            time.rest = moved - .milliseconds(whole)
        }
    }
}

/// A clock for waiting and a wall clock that advance together.
public struct ManualTime: Sendable {
    /// The clock for waiting.
    public let clock: ManualClock
    /// The wall clock.
    public let wall: ManualWallClock

    /// Creates both clocks, with the wall clock at an instant.
    public init(_ start: Timestamp = Timestamp(milliseconds: 1_700_000_000_000)) {
        clock = ManualClock()
        wall = ManualWallClock(start)
    }

    /// Advances both clocks, the wall clock first, so that tasks that are woken read the new time.
    public func advance(by duration: Duration) {
        wall.advance(by: duration)
        clock.advance(by: duration)
    }

    /// Simulates a sleeping host: both clocks advance, and the uptime does not.
    public func sleepHost(for duration: Duration) {
        wall.set(by: duration)
        clock.advance(by: duration)
    }

    /// Advances both clocks to the earliest deadline of a sleeping task.
    ///
    /// - Returns: The duration by which the clocks advanced; `nil` if no task sleeps.
    @discardableResult
    public func advanceToNextDeadline() -> Duration? {
        guard let deadline = clock.nextDeadline else { return nil }
        let step = clock.now.duration(to: deadline)
        wall.advance(by: step)
        clock.advance(to: deadline)
        return step
    }
}
