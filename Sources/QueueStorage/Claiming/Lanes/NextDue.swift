/// The time at which the next scheduled job becomes due.
struct NextDue {
    /// The time in milliseconds; `nil` without scheduled jobs, and not valid unless ``isKnown``.
    private(set) var instant: Int64?
    private(set) var isKnown = false

    /// Sets the time that was read.
    mutating func set(_ instant: Int64?) {
        self.instant = instant
        isKnown = true
    }

    /// Notes that it has to be read again.
    mutating func forget() { isKnown = false }

    /// Notes a new scheduled job.
    mutating func insert(_ instant: Int64) {
        self.instant = self.instant.map { min($0, instant) } ?? instant
    }
}
