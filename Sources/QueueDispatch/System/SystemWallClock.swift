public import QueueModel
import QueueStoreKit

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The system's real-time clock.
public struct SystemWallClock: WallClock {
    /// Creates the clock.
    public init() {}

    /// Returns the present instant, rounded down to whole milliseconds.
    public func now() -> Timestamp {
        var time = timespec()
        // Fails only for a clock that does not exist.
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Returns the time for which the host has been awake since it was started; time asleep does not count.
    public func uptime() -> Duration {
        var time = timespec()
        #if canImport(Darwin)
            // Darwin's monotonic clock goes on in sleep.
            clock_gettime(CLOCK_UPTIME_RAW, &time)
        #else
            // Linux's stands still in suspend; the one that goes on is CLOCK_BOOTTIME.
            clock_gettime(CLOCK_MONOTONIC, &time)
        #endif
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
