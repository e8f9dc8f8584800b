import QueueModel

extension Timestamp {
    /// How many seconds after `earlier` this instant is; negative where it is before.
    ///
    /// For figures: a `Duration` would have to be divided, which costs more than all else about them.
    func seconds(since earlier: Timestamp) -> Double {
        (Double(milliseconds) - Double(earlier.milliseconds)) / 1000
    }
}
