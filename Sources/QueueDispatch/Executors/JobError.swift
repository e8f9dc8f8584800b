/// An error that determines what happens to the job that threw it.
public protocol DisposingError: Error {
    /// What happens to the job.
    var disposition: JobError.Disposition { get }
}

/// An error by which an executor determines what happens to its job.
///
///     throw JobError.permanent("the file is no image")
///     throw JobError.retryable("the server is busy", after: .seconds(30))
///     throw JobError.snooze(for: .minutes(5))
///
/// Your own errors do the same by conforming to ``DisposingError``. Any other error counts as ``retryable(_:after:)``.
public struct JobError: DisposingError, CustomStringConvertible {
    /// What happens to a job whose attempt threw an error.
    public enum Disposition: Hashable, Sendable {
        /// The job fails: no retry can help.
        case permanent
        /// The job is retried, after the given delay or, with `nil`, that of its policy. Counts as a retry.
        case retryable(after: Duration? = nil)
        /// The job is postponed by the given time; the attempt has not failed, and no retry is counted.
        case snooze(Duration)
    }

    /// What happens to the job.
    public let disposition: Disposition
    /// The reason, for people.
    public let description: String

    /// Creates an error.
    public init(_ disposition: Disposition, _ description: String) {
        self.disposition = disposition
        self.description = description
    }

    /// Returns an error that fails the job: no retry can help.
    public static func permanent(_ message: String) -> JobError {
        JobError(.permanent, message)
    }

    /// Returns an error after which the job is retried, after a delay of its own instead of the policy's if one is
    /// given.
    public static func retryable(_ message: String, after delay: Duration? = nil) -> JobError {
        JobError(.retryable(after: delay), message)
    }

    /// Returns an error that postpones the job by the given time; the attempt does not count as failed.
    public static func snooze(for delay: Duration, _ message: String = "snoozed") -> JobError {
        JobError(.snooze(delay), message)
    }
}
