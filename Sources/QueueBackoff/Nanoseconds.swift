// Delays are calculated in 64-bit nanoseconds, up to 292 years. `Duration` counts 128-bit attoseconds, whose arithmetic
// costs more than everything else here together, so it is used only at the edges.

extension Int64 {
    /// The whole nanoseconds in a duration, towards zero; beyond 292 years, the nearest value there is.
    @inlinable
    init(nanosecondsIn duration: Duration) {
        let whole = duration.attoseconds / 1_000_000_000
        self = Int64(clamping: whole)
    }

    /// Zero for anything below.
    @inlinable
    var orZeroIfNegative: Int64 { Swift.max(0, self) }
}
