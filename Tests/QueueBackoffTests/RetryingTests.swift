import QueueBackoff
import Testing

@Suite("retrying")
struct RetryingTests {
    struct Failure: Error, Equatable {
        var attempt: Int
    }

    static let policy = RetryPolicy.exponential(from: .seconds(1), upTo: .seconds(60), retries: 3)

    @Test("E4 an operation is repeated until it succeeds", arguments: 0...3)
    func success(_ failures: Int) async throws {
        let clock = ManualClock()
        var attempts = 0
        let result = try await retrying(Self.policy, clock: clock) {
            attempts += 1
            if attempts <= failures { throw Failure(attempt: attempts) }
            return "done"
        }
        #expect(result == "done")
        #expect(attempts == failures + 1)
        #expect(clock.sleeps == Self.policy.backoff.delays(failures))
    }

    @Test("E4 when the retries are used up the last error is thrown")
    func givesUp() async {
        let clock = ManualClock()
        var attempts = 0
        await #expect(throws: Failure(attempt: 4)) {
            try await retrying(Self.policy, clock: clock) {
                attempts += 1
                throw Failure(attempt: attempts)
            }
        }
        #expect(attempts == 4)
        #expect(clock.sleeps == [.seconds(1), .seconds(2), .seconds(4)])
    }

    @Test("An error that is not retryable is thrown at once")
    func notRetryable() async {
        let clock = ManualClock()
        var attempts = 0
        await #expect(throws: Failure(attempt: 2)) {
            try await retrying(Self.policy, clock: clock, isRetryable: { ($0 as? Failure)?.attempt != 2 }) {
                attempts += 1
                throw Failure(attempt: attempts)
            }
        }
        #expect(clock.sleeps == [.seconds(1)])
    }

    @Test("A CancellationError of the operation is not retried")
    func operationCancelled() async {
        var attempts = 0
        await #expect(throws: CancellationError.self) {
            try await retrying(Self.policy, clock: ManualClock()) {
                attempts += 1
                throw CancellationError()
            }
        }
        #expect(attempts == 1)
    }

    @Test("E4 the time of the attempts counts towards the deadline")
    func deadline() async {
        let clock = ManualClock()
        let policy = RetryPolicy.constant(.seconds(1), retries: RetryPolicy.unlimited, deadline: .seconds(10))
        var attempts = 0
        await #expect(throws: Failure(attempt: 3)) {
            try await retrying(policy, clock: clock) {
                attempts += 1
                clock.advance(by: .seconds(4))
                throw Failure(attempt: attempts)
            }
        }
        // Attempts begin at 0, 5 and 10 seconds; the fourth would begin at 15.
        #expect(clock.sleeps == [.seconds(1), .seconds(1)])
    }

    @Test("A zero delay does not sleep")
    func immediate() async throws {
        let clock = ManualClock()
        var attempts = 0
        try await retrying(.immediate(retries: 5), clock: clock) {
            attempts += 1
            if attempts < 5 { throw Failure(attempt: attempts) }
        }
        #expect(clock.sleeps.isEmpty)
    }

    @Test("Each retry is announced before its wait")
    func announcements() async {
        let clock = ManualClock()
        var announced: [RetryPolicy.UpcomingRetry] = []
        var sleepsBefore: [Int] = []
        var attempts = 0
        await #expect(throws: Failure.self) {
            try await retrying(
                Self.policy, clock: clock,
                onRetry: {
                    announced.append($0)
                    sleepsBefore.append(clock.sleeps.count)
                }
            ) {
                attempts += 1
                throw Failure(attempt: attempts)
            }
        }
        #expect(announced.map(\.number) == [0, 1, 2])
        #expect(announced.map(\.delay) == [.seconds(1), .seconds(2), .seconds(4)])
        #expect(announced.map { ($0.error as? Failure)?.attempt } == [1, 2, 3])
        #expect(sleepsBefore == [0, 1, 2])
    }

    @Test("E4 decorrelated jitter gets the delay before, from the generator passed in")
    func jitter() async {
        let clock = ManualClock()
        var policy = Self.policy
        policy.backoff = policy.backoff.jittered(.decorrelated)
        var generator = FastRandom(seed: 11)
        await #expect(throws: Failure.self) {
            try await retrying(policy, clock: clock, using: &generator) { throw Failure(attempt: 0) }
        }
        #expect(clock.sleeps == policy.backoff.delays(3, seed: 11))
    }

    @Test("A custom strategy's delays are used")
    func custom() async {
        struct Squares: BackoffStrategy {
            func delay(
                forRetry retry: Int, previous: Duration?, using generator: inout some RandomNumberGenerator
            ) -> Duration {
                .seconds(retry * retry + 1)
            }
        }
        let clock = ManualClock()
        await #expect(throws: Failure.self) {
            try await retrying(Self.policy, backoff: Squares(), clock: clock) { throw Failure(attempt: 0) }
        }
        #expect(clock.sleeps == [.seconds(1), .seconds(2), .seconds(5)])
    }

    @Test("A strategy chosen at run time is taken as well")
    func existential() async {
        let clock = ManualClock()
        let strategies: [any BackoffStrategy] = [Backoff.constant(.seconds(7))]
        for strategy in strategies {
            await #expect(throws: Failure.self) {
                try await retrying(.immediate(retries: 2), backoff: strategy, clock: clock) {
                    throw Failure(attempt: 0)
                }
            }
        }
        #expect(clock.sleeps == [.seconds(7), .seconds(7)])
    }

    @Test("E4 cancellation ends the wait with a CancellationError and no further attempt")
    func cancelledWait() async {
        let clock = ManualClock(blocking: true)
        let task = Task {
            var attempts = 0
            let result = await #expect(throws: CancellationError.self) {
                try await retrying(Self.policy, clock: clock) {
                    attempts += 1
                    throw Failure(attempt: attempts)
                }
            }
            return (result != nil, attempts)
        }
        for await _ in clock.sleepBegan { break }
        task.cancel()
        let (cancelled, attempts) = await task.value
        #expect(cancelled)
        #expect(attempts == 1)
    }

    @Test("After a cancellation even an immediate retry is not made")
    func cancelledImmediate() async {
        let task = Task {
            var attempts = 0
            await #expect(throws: CancellationError.self) {
                try await retrying(.immediate(retries: 5), clock: ManualClock()) {
                    attempts += 1
                    withUnsafeCurrentTask { $0?.cancel() }
                    throw Failure(attempt: attempts)
                }
            }
            return attempts
        }
        #expect(await task.value == 1)
    }

    @Test("The operation runs on the caller's actor and may touch its state")
    func isolation() async throws {
        actor Caller {
            var attempts = 0

            func run() async throws -> Int {
                try await retrying(.immediate()) {
                    assertIsolated()
                    attempts += 1
                    if attempts < 3 { throw Failure(attempt: attempts) }
                }
                return attempts
            }
        }
        #expect(try await Caller().run() == 3)
    }

    @Test("A result that is not Sendable can be returned")
    func nonSendable() async throws {
        final class Box { var value = 0 }
        let box = Box()
        let returned = try await retrying(.none) { () async throws -> Box in
            box.value += 1
            return box
        }
        #expect(returned === box && returned.value == 1)
    }
}
