import QueueBackoff
import Testing

@Suite("Retry policy")
struct RetryPolicyTests {
    private func decide(
        _ policy: RetryPolicy,
        _ retriesSoFar: Int,
        elapsed: Duration = .zero,
        previous: Duration? = nil
    ) -> RetryPolicy.Decision {
        var generator = FastRandom(seed: 1)
        return policy.decision(
            retriesSoFar: retriesSoFar, elapsed: elapsed, previousDelay: previous, using: &generator)
    }

    @Test("E4 each retry has the delay of the back-off until the retries are used up")
    func retries() {
        let policy = RetryPolicy.exponential(from: .seconds(1), upTo: .seconds(60), retries: 3)
        let decisions = (0..<5).map { decide(policy, $0) }
        #expect(
            decisions == [
                .retry(after: .seconds(1)), .retry(after: .seconds(2)), .retry(after: .seconds(4)),
                .giveUp(.retriesUsedUp), .giveUp(.retriesUsedUp),
            ])
    }

    @Test("E4 an unlimited policy never runs out of retries", arguments: [0, 1_000_000, Int.max])
    func unlimited(_ retriesSoFar: Int) {
        let policy = RetryPolicy.constant(.seconds(1), retries: RetryPolicy.unlimited)
        #expect(decide(policy, retriesSoFar) == .retry(after: .seconds(1)))
    }

    @Test("E4 a policy without retries gives up at once", arguments: [0, -1, Int.min])
    func noRetries(_ maximum: Int) {
        #expect(decide(.immediate(retries: maximum), 0) == .giveUp(.retriesUsedUp))
        #expect(decide(.none, 0) == .giveUp(.retriesUsedUp))
    }

    @Test("A negative number of retries made counts as zero", arguments: [-1, Int.min])
    func negativeRetries(_ retriesSoFar: Int) {
        #expect(decide(.constant(.seconds(1), retries: 1), retriesSoFar) == .retry(after: .seconds(1)))
    }

    @Test(
        "E4 a retry that would begin after the deadline is not made",
        arguments: [
            (0, .retry(after: .seconds(2))), (8, .retry(after: .seconds(2))), (9, .giveUp(.deadline)),
            (100, .giveUp(.deadline)), (Int64.max, .giveUp(.deadline)), (-5, .retry(after: .seconds(2))),
        ] as [(Int64, RetryPolicy.Decision)])
    func deadline(_ elapsed: Int64, _ expected: RetryPolicy.Decision) {
        let policy = RetryPolicy.constant(.seconds(2), deadline: .seconds(10))
        #expect(decide(policy, 0, elapsed: .seconds(elapsed)) == expected)
    }

    @Test("A deadline is passed by a single nanosecond")
    func deadlineEdge() {
        let policy = RetryPolicy.immediate(deadline: .seconds(1))
        #expect(decide(policy, 0, elapsed: .seconds(1)) == .retry(after: .zero))
        #expect(decide(policy, 0, elapsed: .seconds(1) + .nanoseconds(1)) == .giveUp(.deadline))
    }

    @Test("The end of the retries is named before the deadline")
    func reasons() {
        let policy = RetryPolicy.immediate(retries: 1, deadline: .zero)
        #expect(decide(policy, 1, elapsed: .seconds(1)) == .giveUp(.retriesUsedUp))
        #expect(decide(policy, 0, elapsed: .seconds(1)) == .giveUp(.deadline))
    }

    @Test("E4 the previous delay reaches decorrelated jitter")
    func previousDelay() {
        let policy = RetryPolicy.exponential(from: .seconds(1), upTo: .seconds(300), jitter: .decorrelated)
        var plain = FastRandom(seed: 1)
        let expected = policy.backoff.delay(forRetry: 1, previous: .seconds(90), using: &plain)
        #expect(decide(policy, 1, previous: .seconds(90)) == .retry(after: expected))
        #expect(decide(policy, 1) != .retry(after: expected))
    }

    @Test("The delays of a custom strategy go through the policy's limits")
    func custom() {
        struct Table: BackoffStrategy {
            func delay(
                forRetry retry: Int, previous: Duration?, using generator: inout some RandomNumberGenerator
            ) -> Duration {
                [.seconds(5), .seconds(-5), Duration(attoseconds: .max)][min(retry, 2)]
            }
        }
        var generator = FastRandom(seed: 1)
        var policy = RetryPolicy.immediate(retries: 3)
        let decisions = (0..<4).map {
            policy.decision(retriesSoFar: $0, elapsed: .zero, backoff: Table(), using: &generator)
        }
        #expect(
            decisions == [
                .retry(after: .seconds(5)), .retry(after: .zero), .retry(after: .nanoseconds(Int64.max)),
                .giveUp(.retriesUsedUp),
            ])
        policy.deadline = .seconds(60)
        #expect(
            policy.decision(retriesSoFar: 2, elapsed: .zero, backoff: Table(), using: &generator) == .giveUp(.deadline))
    }

    @Test("No decision traps, whatever the policy and the arguments")
    func total() {
        var generator = FastRandom(seed: 1)
        var negative = 0
        for (index, backoff) in Samples.extremes.enumerated() {
            let deadline = Samples.previous[index % Samples.previous.count]
            for maximum in [Int.min, 0, 1, .max] {
                let policy = RetryPolicy(backoff: backoff, maximumRetries: maximum, deadline: deadline)
                for elapsed in Samples.previous {
                    let decision = policy.decision(
                        retriesSoFar: .max, elapsed: elapsed ?? .zero, previousDelay: elapsed, using: &generator)
                    if case .retry(let delay) = decision, delay < .zero { negative += 1 }
                }
            }
        }
        #expect(negative == 0)
    }

    @Test("The common policies are what they say")
    func common() {
        #expect(RetryPolicy.default.maximumRetries == 3)
        #expect(RetryPolicy.default.deadline == nil)
        #expect(RetryPolicy.default.backoff == .exponential(from: .seconds(1), upTo: .seconds(300), jitter: .full))
        #expect(RetryPolicy.linear(from: .zero, by: .seconds(1), upTo: .seconds(3), retries: 7).maximumRetries == 7)
        #expect(RetryPolicy.immediate(deadline: .seconds(9)).deadline == .seconds(9))
        #expect(RetryPolicy(backoff: .immediate).maximumRetries == 3)
    }
}
