/// What should become of a job whose attempt threw an error.
public enum FailureDisposition: Hashable, Sendable {
    /// No retry mends it: the job fails.
    case permanent
    /// It may pass: the job is retried, after the given delay instead of its policy's, where there is one. Counts as a retry.
    case retryable(after: Duration? = nil)
    /// The job is put back for so long; nothing has failed, and no retry is counted.
    case snooze(Duration)
}

/// An error that says itself what should become of the job that threw it.
public protocol DisposingError: Error {
    /// What should become of the job.
    var disposition: FailureDisposition { get }
}

/// The errors by which an executor tells its queue what to do (rule E2).
///
///     throw JobError.permanent("the file is no image")
///     throw JobError.retryable("the server is busy", after: .seconds(30))
///     throw JobError.snooze(for: .minutes(5))
///
/// An error of one's own does the same by conforming to ``DisposingError``. Any other error counts as ``retryable(_:after:)``.
public struct JobError: DisposingError, CustomStringConvertible {
    /// What should become of the job.
    public let disposition: FailureDisposition
    /// Why, for a person.
    public let description: String

    /// Makes an error.
    public init(_ disposition: FailureDisposition, _ description: String) {
        self.disposition = disposition
        self.description = description
    }

    /// No retry mends it.
    public static func permanent(_ message: String) -> JobError {
        JobError(.permanent, message)
    }

    /// It may pass; `after` names the delay, where the policy's is not meant.
    public static func retryable(_ message: String, after delay: Duration? = nil) -> JobError {
        JobError(.retryable(after: delay), message)
    }

    /// Put the job back for so long; not counted as a failure.
    public static func snooze(for delay: Duration, _ message: String = "snoozed") -> JobError {
        JobError(.snooze(delay), message)
    }
}
