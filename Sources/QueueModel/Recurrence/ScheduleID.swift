/// The name of a schedule in its store: given by whoever registers it, 1…512 bytes of UTF-8, no NUL.
///
/// It stands in the store for as long as the schedule does, so that registering the same schedule at each start of a program
/// finds the one that is there. Names are told apart by their bytes.
public struct ScheduleID: RawRepresentable, Hashable, Sendable, Codable {
    /// The name.
    public let rawValue: String

    /// Makes the id with a name.
    ///
    /// What is wrong with a name is found by whoever registers a schedule under it.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Makes the id with a name.
    public init(_ name: String) {
        self.rawValue = name
    }

    /// Whether two names are the same, byte for byte.
    public static func == (left: ScheduleID, right: ScheduleID) -> Bool {
        left.rawValue.utf8.elementsEqual(right.rawValue.utf8)
    }

    /// Hashes the bytes of the name.
    public func hash(into hasher: inout Hasher) {
        for byte in rawValue.utf8 { hasher.combine(byte) }
        hasher.combine(UInt8.max)
    }
}

extension ScheduleID: Comparable {
    /// Whether the bytes of one name come before those of another.
    public static func < (left: ScheduleID, right: ScheduleID) -> Bool {
        left.rawValue.utf8.lexicographicallyPrecedes(right.rawValue.utf8)
    }
}

extension ScheduleID: ExpressibleByStringLiteral {
    /// Makes the id with a name.
    public init(stringLiteral name: String) {
        self.init(rawValue: name)
    }
}

extension ScheduleID: CustomStringConvertible {
    /// The name.
    public var description: String { rawValue }
}
