/// A kind of job: the payload that is stored, and what all jobs of the kind share.
///
///     struct Thumbnail: Job {
///         static let type: JobType = "thumbnail"
///         var path: String
///         var width: Int
///         var uniqueness: Uniqueness { .key(path) }
///     }
///
/// Only ``type`` is required. The queue's ``PayloadCoder`` (JSON by default) encodes a value once, when it is
/// submitted, and decodes it for each attempt. A type with its own format implements ``encodePayload(with:)`` and
/// ``decodePayload(_:version:with:)``.
public protocol Job: Codable, Sendable {
    /// The stable name of the kind, without its domain.
    static var type: JobType { get }
    /// Former names of the kind, under which jobs may still be stored.
    ///
    /// Such jobs are claimed as if they had the current name.
    static var aliases: [JobType] { get }
    /// The version of the payload's format, stored with each job; 0…2 147 483 647, default 0.
    ///
    /// Raise it when a release writes payloads that an earlier release can't read, or reads payloads differently, and
    /// convert old payloads in ``migrate(_:from:with:)``.
    static var version: Int { get }
    /// The options of all jobs of the kind, which a submission can override.
    static var options: JobOptions { get }

    /// The rate at which jobs of the kind may start, over all workers of a store together; default: no limit.
    ///
    /// A queue can change it while it runs.
    static var rateLimit: RateLimit? { get }

    /// The property by which a job excludes other jobs of its kind; default ``Uniqueness/none``.
    var uniqueness: Uniqueness { get }
    /// A label for people, 1…512 bytes of UTF-8 without NUL; default: none.
    var label: String? { get }

    /// Returns the bytes to store.
    func encodePayload(with coder: any PayloadCoder) throws -> [UInt8]
    /// Returns the value of stored bytes, which the given ``version`` of the type has written.
    ///
    /// The default implementation decodes bytes of the current version, passes bytes of an earlier one to
    /// ``migrate(_:from:with:)``, and rejects bytes of a later one with ``QueueError/Code/newerPayload``, because
    /// their meaning is unknown. An error fails the job permanently; the stored bytes stay as they are.
    static func decodePayload(_ bytes: [UInt8], version: Int, with coder: any PayloadCoder) throws -> Self
    /// Returns the value of bytes that an earlier version of the type has written.
    ///
    /// The default implementation decodes them as they are, which is right if fields were only added as optionals. It
    /// is called for each attempt, and the stored bytes stay as they are, so it must always return the same value.
    /// For versions that were never stored, throw.
    static func migrate(_ bytes: [UInt8], from version: Int, with coder: any PayloadCoder) throws -> Self
}

extension Job {
    /// No former names.
    public static var aliases: [JobType] { [] }
    /// Version 0.
    public static var version: Int { 0 }
    /// Nothing set.
    public static var options: JobOptions { JobOptions() }
    /// No limit.
    public static var rateLimit: RateLimit? { nil }
    /// Not unique.
    public var uniqueness: Uniqueness { .none }
    /// No label.
    public var label: String? { nil }

    /// Encodes the value with the queue's coder.
    public func encodePayload(with coder: any PayloadCoder) throws -> [UInt8] {
        try coder.encode(self)
    }

    /// Decodes a value of the current version with the queue's coder, and migrates one of an earlier version.
    public static func decodePayload(_ bytes: [UInt8], version: Int, with coder: any PayloadCoder) throws -> Self {
        if version == Self.version { return try coder.decode(Self.self, from: bytes) }
        guard version < Self.version else {
            throw QueueError(
                .newerPayload,
                "the payload has version \(version) of \"\(type)\", this build knows up to \(Self.version)")
        }
        return try migrate(bytes, from: version, with: coder)
    }

    /// Decodes the value with the queue's coder as if it had the current version.
    public static func migrate(_ bytes: [UInt8], from version: Int, with coder: any PayloadCoder) throws -> Self {
        try coder.decode(Self.self, from: bytes)
    }
}

/// The stable name of a kind of job, 1…512 bytes of UTF-8 without NUL.
///
/// The name is stored with each job. It is written out by hand and not derived from the Swift type's name, so that
/// renaming the Swift type doesn't orphan stored jobs.
///
/// A job type that belongs to a domain is stored as `domain.type`; see ``qualified(by:)``.
public struct JobType: RawRepresentable, Hashable, Sendable, Codable, CodingKeyRepresentable {
    /// The name.
    public let rawValue: String

    /// Creates the type with a name.
    ///
    /// The name is validated when it is registered or submitted.
    @inlinable
    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// Creates the type with a name.
    ///
    /// The name is validated when it is registered or submitted.
    @inlinable
    public init(_ name: String) {
        self.rawValue = name
    }

    /// Returns the stored name of this type in a domain: `domain.type`, or the type alone if the domain's name is
    /// empty.
    public func qualified(by domain: String) -> JobType {
        domain.isEmpty ? self : JobType("\(domain).\(rawValue)")
    }
}

extension JobType: ExpressibleByStringLiteral {
    /// Creates the type with a name.
    public init(stringLiteral name: String) {
        self.init(rawValue: name)
    }
}

extension JobType: CustomStringConvertible {
    /// The name.
    public var description: String { rawValue }
}

/// A key with a value that marks a job, so that queries can find it.
public struct Tag: Hashable, Sendable, Codable {
    /// The key, 1…128 bytes of UTF-8 without NUL.
    ///
    /// A job has each key at most once.
    public var key: String
    /// The value, 0…512 bytes of UTF-8 without NUL.
    public var value: String

    /// Creates a tag.
    @inlinable
    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

/// A coder that turns payloads, outputs and checkpoints into bytes and back.
///
/// The bytes are stored beyond a release of a program, so a coder must be able to decode what earlier releases have
/// encoded. Its methods are called from many threads at once.
public protocol PayloadCoder: Sendable {
    /// Encodes a value.
    ///
    /// An error becomes the `underlying` error of a ``QueueError`` with the code
    /// ``QueueError/Code/payloadNotEncodable``.
    func encode<Value: Encodable>(_ value: Value) throws -> [UInt8]
    /// Decodes a value.
    ///
    /// An error fails the job permanently.
    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value
}
