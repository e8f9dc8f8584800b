import QueueBackoff
import QueueModel
import QueueStoreKit

/// The decision how an attempt ends, as a pure function of what its executor did and why it was stopped.
// Rules E2, E4, E6 and E8.
struct AttemptDecision {
    /// The present time.
    var now: Timestamp
    /// Why the attempt was asked to stop, if it was.
    var cancellation: JobContext.CancellationReason?
    /// The retry policy of the job.
    var policy: RetryPolicy
    /// The number of counted failures before this attempt.
    var retries: Int
    /// When the job was submitted; the policy's deadline is counted from it.
    var submittedAt: Timestamp
    /// The delay before this attempt; `nil` if it was not a retry.
    var previousDelay: Duration?

    /// Returns the end of an attempt whose executor has returned.
    ///
    /// A cancellation for good that was recorded before the return comes first.
    func end(returning output: [UInt8]?) -> Completion.End {
        if cancellation == .cancelled { return .cancelled(JobFailure(.cancelled, "cancelled")) }
        return .success(output: output)
    }

    /// Returns the end of an attempt whose executor has thrown.
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

    /// Returns the end of an attempt one of whose effects has failed: as if its executor had thrown the effect's
    /// error.
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
        // Below the resolution of a stored instant there is nothing to wait for in the store. An attempt that was
        // told to stop can't be repeated in place: its task stays cancelled.
        if wait < .milliseconds(1), mayStay, cancellation == nil { return .retryInPlace(failure) }
        return .retry(at: now.advanced(by: wait), failure)
    }

    private static func describe(_ error: any Error) -> String {
        error is CancellationError ? "cancelled" : ErrorText.of(error)
    }
}
