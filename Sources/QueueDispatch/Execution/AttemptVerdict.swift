import QueueBackoff
import QueueModel
import QueueStoreKit

/// Decides what becomes of a job after an attempt: rules E2, E4 and E6 as a pure function.
struct AttemptVerdict {
    /// The time now.
    var now: Timestamp
    /// Why the attempt was asked to stop, if it was.
    var cancellation: CancellationReason?
    /// The policy that counts for the job.
    var policy: RetryPolicy
    /// The failed attempts that counted before this one.
    var retries: Int
    /// When the job was submitted: where the policy's deadline is counted from.
    var submittedAt: Timestamp
    /// The delay before this attempt, where it was a retry.
    var previousDelay: Duration?

    /// What a returning executor leads to.
    ///
    /// A cancellation for good that was recorded before the return comes first.
    func end(returning output: [UInt8]?) -> Completion.End {
        if cancellation == .cancelled { return .cancelled(JobFailure(.cancelled, "cancelled")) }
        return .success(output: output)
    }

    /// What a throwing executor leads to.
    func end(
        throwing error: any Error, using generator: inout some RandomNumberGenerator
    ) -> Completion.End {
        switch cancellation {
        case .cancelled:
            return .cancelled(JobFailure(.cancelled, Self.describe(error)))
        case .shuttingDown, .leaseLost, .paused:
            return .release(JobFailure(.interrupted, Self.describe(error)))
        case .preempted:
            return .preempted(JobFailure(.interrupted, "set aside for a more urgent job: \(Self.describe(error))"))
        case .timedOut:
            return retry(JobFailure(.timedOut, "timed out: \(Self.describe(error))"), after: nil, using: &generator)
        case nil:
            break
        }
        if let undecodable = error as? UndecodablePayload {
            return .failure(JobFailure(.undecodable, "the payload can't be decoded: \(undecodable)"))
        }
        switch (error as? any DisposingError)?.disposition ?? .retryable() {
        case .permanent:
            return .failure(JobFailure(.permanent, Self.describe(error)))
        case .snooze(let delay):
            return .snooze(until: now.advanced(by: max(delay, .zero)))
        case .retryable(let delay):
            return retry(JobFailure(.retryable, Self.describe(error)), after: delay, using: &generator)
        }
    }

    /// What the failure of an effect leads to (rule E8): what its error would have led to, had the executor thrown it.
    ///
    /// The job has left this worker by then, so it is never tried again in place.
    func end(
        refusedBy effect: EffectFailure, using generator: inout some RandomNumberGenerator
    ) -> Completion.End {
        let message = "an effect failed: \(effect)"
        let ownDisposition = (effect.error as? any DisposingError)?.disposition
        switch ownDisposition ?? (effect.isPermanent ? .permanent : .retryable()) {
        case .permanent:
            return .failure(JobFailure(.permanent, message))
        case .snooze(let delay):
            return .snooze(until: now.advanced(by: max(delay, .zero)))
        case .retryable(let delay):
            return retry(JobFailure(.retryable, message), after: delay, mayStay: false, using: &generator)
        }
    }

    private func retry(
        _ failure: JobFailure, after delay: Duration?, mayStay: Bool = true,
        using generator: inout some RandomNumberGenerator
    ) -> Completion.End {
        let decision = policy.decision(
            retriesSoFar: retries, elapsed: now.since(submittedAt), previousDelay: previousDelay, using: &generator)
        guard case .retry(let ownDelay) = decision else { return .deadLetter(failure) }
        let wait = max(delay ?? ownDelay, .zero)
        // Below the resolution of a stored instant there is nothing to wait for in the store. An attempt that was told to stop
        // can't be repeated in place: its task stays cancelled.
        if wait < .milliseconds(1), mayStay, cancellation == nil { return .retryInPlace(failure) }
        return .retry(at: now.advanced(by: wait), failure)
    }

    private static func describe(_ error: any Error) -> String {
        error is CancellationError ? "cancelled" : ErrorText.of(error)
    }
}
