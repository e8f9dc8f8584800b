import QueueBackoff
import QueueDispatch

/// A zone of given changes.
struct MadeUpZone: ZoneRules {
    var first: Int64
    /// The instants of the changes in order, with the offsets from then on, in seconds.
    var changes: [(instant: Int64, offset: Int64)]

    func offset(at utcSeconds: Int64) -> Int64 {
        changes.last { $0.instant <= utcSeconds }?.offset ?? first
    }
}

extension MadeUpZone {
    /// A zone with changes of every kind between two instants: by minutes, half hours and hours, by exactly three hours, by
    /// more, and by a day; by default as close together as the rules allow, or little more.
    static func random(
        from start: Int64, to end: Int64, apart minutes: ClosedRange<Int64> = 720...2500,
        using generator: inout FastRandom
    ) -> MadeUpZone {
        let jumps: [Int64] = [30, 60, 60, 120, 180, 181, 300, 1440, 7]
        var zone = MadeUpZone(first: Int64.random(in: -7...7, using: &generator) * 3600, changes: [])
        var instant = start
        var offset = zone.first
        while true {
            instant += Int64.random(in: minutes, using: &generator) * 60
            guard instant < end else { return zone }
            let jump = (jumps.randomElement(using: &generator) ?? 60) * 60
            let isForward = Bool.random(using: &generator)
            var next = offset + (isForward ? jump : -jump)
            if abs(next) > 14 * 3600 { next = offset + (isForward ? -jump : jump) }
            guard abs(next) <= 14 * 3600 else { continue }
            offset = next
            zone.changes.append((instant, offset))
        }
    }
}
