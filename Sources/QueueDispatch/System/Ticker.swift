/// A clock of any type, read as the time since the ticker was created.
///
/// The instants of an `any Clock` can't be compared or kept; durations can.
struct Ticker: Sendable {
    /// Returns the time since the ticker was created.
    let now: @Sendable () -> Duration
    /// Sleeps until a time since the ticker was created, or for a century, whichever is shorter; throws
    /// `CancellationError`.
    let sleep: @Sendable (Duration) async throws -> Void

    init(_ clock: some Clock<Duration>) {
        let start = clock.now
        now = { start.duration(to: clock.now) }
        sleep = { deadline in
            // The standard library's clocks trap on instants that are further off than they can count.
            let bound = min(deadline, start.duration(to: clock.now) + Self.century)
            try await clock.sleep(until: start.advanced(by: bound), tolerance: nil)
        }
    }

    private static let century = Duration.seconds(3_155_760_000)
}
