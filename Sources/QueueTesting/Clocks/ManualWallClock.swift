public import QueueModel
import QueueStoreKit
import Synchronization

/// A wall clock that shows what it was set to; it may be set back, as real ones are.
///
/// Its uptime goes on with ``advance(by:)`` alone: neither a host that sleeps nor somebody who sets the clock moves it.
public final class ManualWallClock: WallClock {
    private struct Reading {
        var shown: Timestamp
        /// What it has moved since it showed that, less than a millisecond: many small moves add up.
        var rest = Duration.zero
        var uptime: Duration
    }

    private let time: Mutex<Reading>

    /// Makes a clock that shows an instant; default 2023-11-14T22:13:20Z, a round number of milliseconds.
    public init(_ start: Timestamp = Timestamp(milliseconds: 1_700_000_000_000)) {
        time = Mutex(Reading(shown: start, uptime: .milliseconds(start.milliseconds)))
    }

    /// What it shows.
    public func now() -> Timestamp {
        time.withLock(\.shown)
    }

    /// How long the host has been awake since 1970, if it was until the instant that the clock was made with.
    public func uptime() -> Duration {
        time.withLock(\.uptime)
    }

    /// Sets it to an instant, earlier or later.
    public func set(to instant: Timestamp) {
        time.withLock { $0 = Reading(shown: instant, uptime: $0.uptime) }
    }

    /// Sets it forward, or back by a negative duration.
    public func set(by duration: Duration) {
        time.withLock { $0 = Reading(shown: $0.shown.advanced(by: duration), uptime: $0.uptime) }
    }

    /// Lets time pass; a negative duration sets the clock back, and leaves the uptime.
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

/// A clock to wait by and a wall clock to date by that move together, as long as nobody sets the wall clock.
public struct ManualTime: Sendable {
    /// The clock to wait by.
    public let clock: ManualClock
    /// The clock to date by.
    public let wall: ManualWallClock

    /// Makes both, the wall clock at an instant.
    public init(_ start: Timestamp = Timestamp(milliseconds: 1_700_000_000_000)) {
        clock = ManualClock()
        wall = ManualWallClock(start)
    }

    /// Moves both, the wall clock first, so that whoever is woken sees the new date.
    public func advance(by duration: Duration) {
        wall.advance(by: duration)
        clock.advance(by: duration)
    }

    /// Lets the host sleep: both are further when it wakes, and its uptime stands still.
    public func sleepHost(for duration: Duration) {
        wall.set(by: duration)
        clock.advance(by: duration)
    }

    /// Moves both to the earliest deadline of a sleeper.
    ///
    /// Returns by how much, or `nil` if no task sleeps.
    @discardableResult
    public func advanceToNextDeadline() -> Duration? {
        guard let deadline = clock.nextDeadline else { return nil }
        let step = clock.now.duration(to: deadline)
        wall.advance(by: step)
        clock.advance(to: deadline)
        return step
    }
}
