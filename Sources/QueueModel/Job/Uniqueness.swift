/// Whether, and by what, a job excludes others of its type from being queued beside it.
public enum Uniqueness: Hashable, Sendable {
    /// Any number of equal jobs may be queued. The default.
    case none
    /// Type and payload bytes together are the key. The bytes are kept a second time, in the index that finds them: give
    /// payloads above a few KiB a ``key(_:)`` instead.
    case payload
    /// A text of the caller's, 1…512 bytes of UTF-8, no NUL. Keys of different types never meet.
    case key(String)
}

/// The key under which a job excludes others of its type, as a store keeps it.
///
/// It is taken while its job is active and free once the job is terminal. A text and a payload never are the same key, even
/// if their bytes are.
public enum UniqueKey: Hashable, Sendable, Codable {
    /// The submitter's own text.
    case text(String)
    /// The payload's bytes.
    case payload([UInt8])
}

/// What happens when a job is submitted whose unique key an active job has.
public enum DuplicateStrategy: UInt8, Hashable, Sendable, Codable, CaseIterable {
    /// Keep the old job. If the new priority is more urgent and the old is not running, raise the old to it. The default.
    case skip = 0
    /// As ``skip``, but a running job is run once more after it ends.
    case rerun = 1
    /// Cancel the old job and put the new one in its place, in one transaction. A running one is told to stop.
    case supersede = 2
    /// Keep the old job and report the new one as rejected.
    case reject = 3
}
