/// A point in time of a clock whose type isn't known.
@usableFromInline
struct Deadline: Sendable {
    private let limit: Duration
    private let elapsed: @Sendable () -> Duration

    init(after limit: Duration, on clock: any Clock<Duration>) {
        // The instants of an `any Clock` can't be named outside of a generic function.
        func stopwatch<C: Clock<Duration>>(_ clock: C) -> @Sendable () -> Duration {
            let start = clock.now
            return { start.duration(to: clock.now) }
        }
        self.limit = limit
        elapsed = stopwatch(clock)
    }

    /// The time left, not below zero.
    @usableFromInline
    var remaining: Duration { max(.zero, limit - elapsed()) }
}
