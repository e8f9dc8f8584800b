/// A piece of work of one kind: the payload that is stored, and what is the same for all jobs of the kind.
///
///     struct Thumbnail: Job {
///         static let type: JobType = "thumbnail"
///         var path: String
///         var width: Int
///         var uniqueness: Uniqueness { .key(path) }
///     }
///
/// Only ``type`` has to be given. A value is encoded once, when it is submitted, by the queue's ``PayloadCoder`` (JSON by
/// default), and decoded at each attempt. A type that has a form of its own implements ``encodePayload(with:)`` and
/// ``decodePayload(_:version:with:)``.
public protocol Job: Codable, Sendable {
    /// The stable name of the kind, without its domain.
    static var type: JobType { get }
    /// Names under which jobs of this kind may still stand in a file. They are claimed as if they had the present name.
    static var aliases: [JobType] { get }
    /// The version of the payload's form, stored with each job; 0…2 147 483 647, default 0.
    ///
    /// Raise it when a release writes what an earlier one can't read, or reads otherwise, and translate in ``migrate(_:from:with:)``.
    static var version: Int { get }
    /// What all jobs of the kind have in common, unless a submission says otherwise.
    static var options: JobOptions { get }

    /// How often jobs of the kind may start, on all workers of a store together; default: as often as they like (rule D4).
    ///
    /// A queue can change it while it runs.
    static var rateLimit: RateLimit? { get }

    /// By what a job excludes others of its kind; default ``Uniqueness/none``.
    var uniqueness: Uniqueness { get }
    /// A text for people, 1…512 bytes of UTF-8, no NUL; default none.
    var label: String? { get }

    /// The bytes to store.
    func encodePayload(with coder: any PayloadCoder) throws -> [UInt8]
    /// The value of stored bytes, written by the given ``version`` of the type.
    ///
    /// The default decodes bytes of the present version, hands those of an earlier one to ``migrate(_:from:with:)``, and refuses those of a
    /// later one with ``QueueError/Code/newerPayload``: what a later release means by the same bytes nobody can know. What is thrown fails
    /// the job for good, with the stored bytes as they were.
    static func decodePayload(_ bytes: [UInt8], version: Int, with coder: any PayloadCoder) throws -> Self
    /// The value of bytes that an earlier version of the type has written.
    ///
    /// The default decodes them as they are, which is right where fields were only added as optionals. It is called for each attempt, and
    /// the stored bytes stay as they are, so it must give the same each time. Former versions that never stood in a file of this program's
    /// need no translation: throw.
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

    /// The value as the queue's coder writes it.
    public func encodePayload(with coder: any PayloadCoder) throws -> [UInt8] {
        try coder.encode(self)
    }

    /// The value as the queue's coder reads it.
    public static func decodePayload(_ bytes: [UInt8], version: Int, with coder: any PayloadCoder) throws -> Self {
        if version == Self.version { return try coder.decode(Self.self, from: bytes) }
        guard version < Self.version else {
            throw QueueError(
                .newerPayload,
                "the payload has version \(version) of \"\(type)\", this build knows up to \(Self.version)")
        }
        return try migrate(bytes, from: version, with: coder)
    }

    /// The value as the queue's coder reads it, whatever the earlier version.
    public static func migrate(_ bytes: [UInt8], from version: Int, with coder: any PayloadCoder) throws -> Self {
        try coder.decode(Self.self, from: bytes)
    }
}

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

/// A key with a value that a job is marked with, to find it by.
public struct Tag: Hashable, Sendable, Codable {
    /// The key, 1…128 bytes of UTF-8, no NUL.
    ///
    /// One key stands at most once on a job.
    public var key: String
    /// The value, 0…512 bytes of UTF-8, no NUL.
    public var value: String

    /// Makes a tag of a key and a value.
    @inlinable
    public init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }
}

/// Turns payloads, outputs and checkpoints into bytes and back.
///
/// The bytes stay in the store between releases of a program, so a coder must read what its earlier self has written. It is
/// called from many threads at once.
public protocol PayloadCoder: Sendable {
    /// The bytes of a value. What it throws becomes the `underlying` error of a ``QueueError`` with the code
    /// ``QueueError/Code/payloadNotEncodable``.
    func encode<Value: Encodable>(_ value: Value) throws -> [UInt8]
    /// The value of bytes. What it throws makes the job that they belong to fail for good.
    func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value
}
