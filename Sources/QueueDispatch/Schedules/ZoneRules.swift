/// The rules of a time zone: the offset of its clock from UTC at any instant.
///
/// Offsets are within ±16 hours, and at least 12 hours pass from one change of the offset to the next. The zones of the
/// IANA data (2025b) keep both: their closest changes are four days apart (Africa/Freetown, 1939).
package protocol ZoneRules: Sendable {
    /// Returns the seconds by which the zone's clock is ahead of UTC, at an instant in seconds since
    /// 1970-01-01T00:00:00Z.
    func offset(at utcSeconds: Int64) -> Int64
}

/// A zone whose clock never changes, such as UTC.
package struct FixedZone: ZoneRules {
    private let seconds: Int64

    /// Creates a zone that is ahead of UTC by some seconds.
    package init(offset seconds: Int64) {
        self.seconds = seconds
    }

    package func offset(at utcSeconds: Int64) -> Int64 { seconds }
}

/// An instant at which a zone's clock is changed, and the offset from then on.
struct ZoneChange {
    var instant: Int64
    var offset: Int64
}

extension ZoneRules {
    /// Returns the first change of the offset after one instant and not after another.
    func change(after start: Int64, through end: Int64) -> ZoneChange? {
        // The shortest time between two changes, so there is at most one per step.
        let step: Int64 = 12 * 3600
        let before = offset(at: start)
        var low = start
        while low < end {
            var high = Swift.min(low + step, end)
            guard offset(at: high) != before else {
                low = high
                continue
            }
            while high - low > 1 {
                let middle = low + (high - low) / 2
                if offset(at: middle) == before { low = middle } else { high = middle }
            }
            return ZoneChange(instant: high, offset: offset(at: high))
        }
        return nil
    }
}
