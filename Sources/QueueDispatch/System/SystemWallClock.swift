public import QueueModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The system's real-time clock.
public struct SystemWallClock: WallClock {
    /// Makes the clock.
    public init() {}

    /// The present instant, cut to whole milliseconds.
    public func now() -> Timestamp {
        var time = timespec()
        // Fails only for a clock that does not exist.
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
