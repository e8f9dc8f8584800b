import QueueModel

extension Timestamp {
    /// Returns the seconds from `earlier` to this instant; negative if this one is earlier.
    ///
    /// For metrics: a `Duration` would have to be divided, which costs more than the rest of the counting.
    func seconds(since earlier: Timestamp) -> Double {
        (Double(milliseconds) - Double(earlier.milliseconds)) / 1000
    }
}
