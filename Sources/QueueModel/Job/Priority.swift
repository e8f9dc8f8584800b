/// How urgent a job is: 0…255, lower runs first.
///
/// Among jobs that every gate lets through the lowest number is claimed first, and of one number the job that was submitted
/// first. The order of `Comparable` is the order of running: `.realtime < .normal`.
public struct Priority: RawRepresentable, Hashable, Sendable, Codable {
    /// The number, 0 (most urgent) to 255.
    public let rawValue: UInt8

    /// Makes the priority with a number.
    @inlinable
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// 0: before all else.
    public static let realtime = Priority(rawValue: 0)
    /// 64.
    public static let high = Priority(rawValue: 64)
    /// 128: the default.
    public static let normal = Priority(rawValue: 128)
    /// 192.
    public static let background = Priority(rawValue: 192)
    /// 255: after all else.
    public static let idle = Priority(rawValue: 255)
}

extension Priority: Comparable {
    /// Whether one priority runs before another.
    @inlinable
    public static func < (left: Priority, right: Priority) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension Priority: ExpressibleByIntegerLiteral {
    /// Makes the priority with a number, 0…255.
    public init(integerLiteral value: UInt8) {
        self.init(rawValue: value)
    }
}

extension Priority: CustomStringConvertible {
    /// The name of a named priority, else the number.
    public var description: String {
        switch self {
        case .realtime: "realtime"
        case .high: "high"
        case .normal: "normal"
        case .background: "background"
        case .idle: "idle"
        default: "\(rawValue)"
        }
    }
}
