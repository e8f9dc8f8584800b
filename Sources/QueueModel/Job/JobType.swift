/// The stable name of a kind of job.
///
/// A name stands in the file for as long as its jobs do, so it is written out by hand and never taken from a Swift type's
/// name: renaming the Swift type must not orphan stored jobs. 1…512 bytes of UTF-8, no NUL.
///
/// A job type that belongs to a domain is stored as `domain.type`; see ``qualified(by:)``.
public struct JobType: RawRepresentable, Hashable, Sendable, Codable, CodingKeyRepresentable {
    /// The name.
    public let rawValue: String

    /// Makes the type with a name.
    ///
    /// What is wrong with a name is found by whoever registers or submits with it.
    @inlinable
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Makes the type with a name.
    @inlinable
    public init(_ name: String) {
        self.rawValue = name
    }

    /// The name under which a job of this type in the given domain is stored: `domain.type`, or the type alone where the
    /// domain's name is empty.
    public func qualified(by domain: String) -> JobType {
        domain.isEmpty ? self : JobType("\(domain).\(rawValue)")
    }
}

extension JobType: ExpressibleByStringLiteral {
    /// Makes the type with a name.
    public init(stringLiteral name: String) {
        self.init(rawValue: name)
    }
}

extension JobType: CustomStringConvertible {
    /// The name.
    public var description: String { rawValue }
}
