import QueueBackoff
import Testing

@Suite("Bad input")
struct RangeTests {
    @Test("E4 no delay traps, is negative, or passes the cap, whatever the value, the retry and the previous delay")
    func total() {
        var generator = FastRandom(seed: 7)
        var worst: [String] = []
        for backoff in Samples.extremes {
            let cap = max(.zero, backoff.cap ?? .nanoseconds(Int64.max))
            for retry in [Int.min, -1, 0, 1, 61, 62, 63, 64, 1_000_000, .max] {
                for previous in Samples.previous {
                    let delay = backoff.delay(forRetry: retry, previous: previous, using: &generator)
                    if delay < .zero || delay > cap { worst.append("\(backoff) retry \(retry): \(delay)") }
                }
            }
        }
        #expect(worst.isEmpty)
    }

    @Test("E4 a delay that would overflow is the cap", arguments: [62, 63, 64, 1000, Int.max])
    func overflow(_ retry: Int) {
        var generator = FastRandom(seed: 1)
        let cap = Duration.seconds(1_000_000_000)
        for backoff: Backoff in [
            .exponential(from: .seconds(2), upTo: cap),
            .exponential(from: .seconds(2), factor: 2.5, upTo: cap),
            .linear(from: .seconds(2), by: .seconds(100_000_000), upTo: cap),
        ] {
            #expect(backoff.delay(forRetry: retry, previous: nil, using: &generator) == cap)
        }
    }

    @Test("Without a cap, a delay that would overflow is 292 years")
    func saturation() {
        let longest = Duration.nanoseconds(Int64.max)
        let forever = Duration(attoseconds: .max)
        #expect(Backoff.constant(forever).delay(forRetry: 0) == longest)
        #expect(Backoff.exponential(from: .seconds(1), upTo: forever).delay(forRetry: 34) == longest)
        #expect(Backoff.exponential(from: .seconds(1), factor: 3, upTo: forever).delay(forRetry: 34) == longest)
        #expect(Backoff.linear(from: forever, by: forever, upTo: forever).delay(forRetry: 1) == longest)
    }

    @Test("A negative retry counts as the first", arguments: Samples.curves)
    func negativeRetry(_ backoff: Backoff) {
        let first = backoff.delay(forRetry: 0)
        #expect(backoff.delay(forRetry: -1) == first)
        #expect(backoff.delay(forRetry: .min) == first)
    }

    @Test("A negative duration counts as zero")
    func negativeDurations() {
        let second = Duration.seconds(1)
        #expect(Backoff.constant(.zero - second).delays(2) == [.zero, .zero])
        #expect(Backoff.linear(from: .zero - second, by: second, upTo: .seconds(9)).delays(2) == [.zero, second])
        #expect(Backoff.linear(from: second, by: .zero - second, upTo: .seconds(9)).delays(2) == [second, second])
        #expect(Backoff.exponential(from: second, upTo: .zero - second).delays(2) == [.zero, .zero])
    }

    @Test("A factor below one or not a number counts as one", arguments: [0.5, 0, -3, .nan, -.infinity])
    func smallFactor(_ factor: Double) {
        let backoff = Backoff.exponential(from: .seconds(1), factor: factor, upTo: .seconds(9))
        #expect(backoff.delays(3) == [.seconds(1), .seconds(1), .seconds(1)])
    }

    @Test("An infinite factor goes to the cap at the second retry")
    func infiniteFactor() {
        let backoff = Backoff.exponential(from: .seconds(1), factor: .infinity, upTo: .seconds(9))
        #expect(backoff.delays(3) == [.seconds(1), .seconds(9), .seconds(9)])
        #expect(Backoff.exponential(from: .zero, factor: .infinity, upTo: .seconds(9)).delays(2) == [.zero, .zero])
    }

    @Test(
        "Validation names what is wrong",
        arguments: [
            (.constant(.seconds(-1)), .negativeDelay),
            (.linear(from: .seconds(-1), by: .zero, upTo: .zero), .negativeDelay),
            (.linear(from: .zero, by: .seconds(-1), upTo: .zero), .negativeIncrement),
            (.linear(from: .zero, by: .zero, upTo: .seconds(-1)), .negativeCap),
            (.exponential(from: .zero, upTo: .nanoseconds(-1)), .negativeCap),
            (.exponential(from: .zero, factor: 0.99, upTo: .zero), .factorOutOfRange),
            (.exponential(from: .zero, factor: .nan, upTo: .zero), .factorOutOfRange),
            (.exponential(from: .zero, factor: .infinity, upTo: .zero), .factorOutOfRange),
        ] as [(Backoff, Backoff.ValidationError.Code)])
    func validation(_ backoff: Backoff, _ code: Backoff.ValidationError.Code) {
        let error = #expect(throws: Backoff.ValidationError.self) { try backoff.validate() }
        #expect(error?.code == code)
        #expect(error?.value == backoff.description)
        #expect(throws: Backoff.ValidationError.self) { try RetryPolicy(backoff: backoff).validate() }
    }

    @Test("Validation passes what is in range", arguments: Samples.curves)
    func valid(_ backoff: Backoff) throws {
        try backoff.validate()
        try RetryPolicy(backoff: backoff, maximumRetries: 0, deadline: .zero).validate()
    }

    @Test("Validation of a policy names its limits")
    func policyValidation() {
        let retries = #expect(throws: Backoff.ValidationError.self) {
            try RetryPolicy.immediate(retries: -1).validate()
        }
        #expect(retries?.code == .negativeRetries)
        let deadline = #expect(throws: Backoff.ValidationError.self) {
            try RetryPolicy.immediate(deadline: .seconds(-1)).validate()
        }
        #expect(deadline?.code == .negativeDeadline)
    }
}
