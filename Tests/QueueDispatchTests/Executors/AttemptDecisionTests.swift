import QueueBackoff
import QueueModel
import QueueStoreKit
import Testing

@testable import QueueDispatch

/// Gives the same number for ever.
private struct Constant: RandomNumberGenerator {
    var number: UInt64
    mutating func next() -> UInt64 { number }
}

@Suite("Attempt decisions") struct AttemptDecisionTests {
    private static let now = Timestamp(milliseconds: 1_000_000)

    private func decision(
        _ reason: JobContext.CancellationReason? = nil, policy: RetryPolicy = .constant(.seconds(5)), retries: Int = 0,
        previous: Duration? = nil, age: Duration = .zero
    ) -> AttemptDecision {
        AttemptDecision(
            now: Self.now, cancellation: reason, policy: policy, retries: retries,
            submittedAt: Self.now.advanced(by: .zero - age), previousDelay: previous)
    }

    private func end(_ decision: AttemptDecision, _ error: any Error = PlainError()) -> Completion.End {
        var generator = Constant(number: .max)
        return decision.end(throwing: error, using: &generator)
    }

    @Test(
        "E6 only a cancellation for good takes the success away",
        arguments: [JobContext.CancellationReason?.none, .timedOut, .shuttingDown, .leaseLost, .cancelled])
    func returning(reason: JobContext.CancellationReason?) {
        let end = decision(reason).end(returning: [1])
        if reason == .cancelled {
            #expect(end == .cancelled(JobFailure(.cancelled, "cancelled")))
        } else {
            #expect(end == .success(output: [1]))
        }
    }

    @Test("E2 why an attempt was asked to stop comes before what it threw")
    func reasons() {
        let error = JobError.permanent("no")
        #expect(end(decision(.cancelled), error) == .cancelled(JobFailure(.cancelled, "no")))
        #expect(end(decision(.shuttingDown), error) == .release(JobFailure(.interrupted, "no")))
        #expect(end(decision(.leaseLost), error) == .release(JobFailure(.interrupted, "no")))
        #expect(
            end(decision(.timedOut), CancellationError())
                == .retry(at: Self.now.advanced(by: .seconds(5)), JobFailure(.timedOut, "timed out: cancelled")))
    }

    @Test("E4 a delay below a stored instant's resolution is none, except for a task that was told to stop")
    func inPlace() {
        let failure = JobFailure(.retryable, "x")
        #expect(end(decision(), JobError.retryable("x", after: .microseconds(999))) == .retryInPlace(failure))
        #expect(end(decision(), JobError.retryable("x", after: .seconds(-1))) == .retryInPlace(failure))
        #expect(
            end(decision(), JobError.retryable("x", after: .milliseconds(1)))
                == .retry(at: Self.now.advanced(by: .milliseconds(1)), failure))
        #expect(
            end(decision(.timedOut, policy: .immediate(retries: 1)))
                == .retry(at: Self.now, JobFailure(.timedOut, "timed out: PlainError()")))
    }

    @Test("E4 retries that are used up, or past the deadline, make a dead letter, whatever delay was named")
    func deadLetter() {
        let failure = JobFailure(.retryable, "x")
        let error = JobError.retryable("x", after: .zero)
        #expect(end(decision(policy: .constant(.seconds(5), retries: 2), retries: 1), error) == .retryInPlace(failure))
        #expect(end(decision(policy: .constant(.seconds(5), retries: 2), retries: 2), error) == .deadLetter(failure))
        let limited = RetryPolicy.constant(.seconds(5), deadline: .seconds(8))
        #expect(end(decision(policy: limited, age: .seconds(3)), error) == .retryInPlace(failure))
        #expect(end(decision(policy: limited, age: .seconds(4)), error) == .deadLetter(failure))
    }

    @Test("E4 decorrelated jitter is given the delay before the attempt")
    func previousDelay() {
        let policy = RetryPolicy(
            backoff: .exponential(from: .seconds(1), upTo: .seconds(1000), jitter: .decorrelated), maximumRetries: 9)
        func start(_ previous: Duration?) -> Duration? {
            guard case .retry(let at, _) = end(decision(policy: policy, previous: previous)) else { return nil }
            return at.since(Self.now)
        }
        // At the upper end of the random range: three times the previous delay.
        let first = start(nil)
        let later = start(.seconds(100))
        #expect(later.map { $0 > .seconds(290) && $0 <= .seconds(300) } == true)
        #expect(first.map { $0 <= .seconds(3) } == true)
    }

    @Test("E2 an undecodable payload is permanent, also while time is up")
    func undecodable() {
        let error = UndecodablePayload(underlying: PlainError())
        #expect(
            end(decision(), error)
                == .failure(JobFailure(.undecodable, "the payload can't be decoded: PlainError()")))
    }
}
