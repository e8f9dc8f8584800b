/// A job's place in the order of claims as one number: the effective priority in the high bits, the id in the low bits.
struct Place: Comparable, Hashable {
    let rawValue: UInt64

    private static let idBits: UInt64 = 56

    init(priority: Int64, id: Int64) {
        // It would take thirty years at seventy million jobs per second to reach an id of 2^56.
        rawValue = UInt64(truncatingIfNeeded: priority) << Self.idBits | UInt64(truncatingIfNeeded: id)
    }

    var id: Int64 { Int64(rawValue & (1 << Self.idBits - 1)) }
    var priority: Int64 { Int64(rawValue >> Self.idBits) }

    static func < (left: Place, right: Place) -> Bool { left.rawValue < right.rawValue }
}
