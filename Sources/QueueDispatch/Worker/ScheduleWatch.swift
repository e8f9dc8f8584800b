/// The instants at which a worker looks at the stored schedules.
///
/// It looks when one is due, after a signal that they have changed, and with a poll.
///
/// | State | Event | State | Result |
/// |---|---|---|---|
/// | changed, next or poll has come | `isDue` | polled again after an interval | look |
/// | the same, stopping | `isDue` | nothing is next | none: a worker that stops fires nothing |
/// | otherwise | `isDue` | the same | none |
/// | any | `note` | changed | |
/// | any | `done` | the instant of the next look is known, or none | |
struct ScheduleWatch: Hashable, Sendable {
    /// When to look next, as far as is known.
    private(set) var next: Duration?
    /// Whether schedules that are due could not be fired, and the next look may succeed.
    private(set) var isRetrying = false
    /// When to look without a signal, in a pass of the loop that is made anyway.
    private var poll = Duration.zero
    private var hasChanged = false

    /// Notes that schedules have changed.
    mutating func note() {
        hasChanged = true
    }

    /// Returns whether it is time to look.
    mutating func isDue(at now: Duration, isStopping: Bool, every interval: Duration) -> Bool {
        let looks = hasChanged || poll <= now || next.map { $0 <= now } ?? false
        hasChanged = false
        guard looks else { return false }
        if isStopping {
            // A worker that stops need not wake up for schedules.
            next = nil
            isRetrying = false
            return false
        }
        poll = now + interval
        return true
    }

    /// Notes the result of a look.
    ///
    /// - Parameters:
    ///   - next: When to look again; `nil`: at a signal, or with the next poll.
    ///   - isRetrying: Whether the look has failed, and the next may succeed.
    mutating func done(next: Duration?, isRetrying: Bool) {
        self.next = next
        self.isRetrying = isRetrying
    }
}
