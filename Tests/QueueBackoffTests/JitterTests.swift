import QueueBackoff
import Testing

@Suite("Jitter")
struct JitterTests {
    static let seeds: [UInt64] = [0, 1, 42, .max]

    @Test("E4 full jitter stays within zero and the delay", arguments: Samples.curves, seeds)
    func full(_ backoff: Backoff, _ seed: UInt64) {
        let delays = backoff.delays(200, seed: seed)
        for (whole, drawn) in zip(delays, backoff.jittered(.full).delays(200, seed: seed)) {
            #expect(drawn >= .zero && drawn <= whole)
        }
    }

    @Test("E4 equal jitter stays within half the delay and the delay", arguments: Samples.curves, seeds)
    func equal(_ backoff: Backoff, _ seed: UInt64) {
        let delays = backoff.delays(200, seed: seed)
        for (whole, drawn) in zip(delays, backoff.jittered(.equal).delays(200, seed: seed)) {
            #expect(drawn >= whole / 2 && drawn <= whole)
        }
    }

    @Test("E4 decorrelated jitter stays within the initial and three times the previous delay", arguments: seeds)
    func decorrelated(_ seed: UInt64) {
        let base = Duration.milliseconds(100)
        let cap = Duration.seconds(20)
        let backoff = Backoff.exponential(from: base, upTo: cap, jitter: .decorrelated)
        var previous = base
        for drawn in backoff.delays(200, seed: seed) {
            #expect(drawn >= base && drawn <= min(cap, previous * 3))
            previous = drawn
        }
    }

    @Test("Decorrelated jitter without a previous delay starts from the initial one")
    func decorrelatedStart() {
        let backoff = Backoff.exponential(from: .seconds(1), upTo: .seconds(60), jitter: .decorrelated)
        for seed in 0..<100 as Range<UInt64> {
            var generators = (FastRandom(seed: seed), FastRandom(seed: seed))
            let first = backoff.delay(forRetry: 9, previous: nil, using: &generators.0)
            #expect(first == backoff.delay(forRetry: 0, previous: .seconds(1), using: &generators.1))
            #expect(first >= .seconds(1) && first <= .seconds(3))
        }
    }

    @Test("Decorrelated jitter reaches the cap, and a cap below the initial delay wins")
    func decorrelatedCap() {
        let delays = Backoff.exponential(from: .seconds(1), upTo: .seconds(5), jitter: .decorrelated).delays(200)
        #expect(delays.contains(.seconds(5)))
        #expect(delays.contains { $0 < .seconds(5) })
        let low = Backoff.exponential(from: .seconds(8), upTo: .seconds(5), jitter: .decorrelated).delays(50)
        #expect(low.allSatisfy { $0 == .seconds(5) })
    }

    @Test("Decorrelated jitter leaves a constant delay as it is")
    func decorrelatedConstant() {
        #expect(
            Backoff.constant(.seconds(2), jitter: .decorrelated).delays(3) == Array(repeating: .seconds(2), count: 3))
    }

    @Test("The mean of full jitter is half the delay, that of equal jitter three quarters")
    func mean() {
        func mean(_ jitter: Jitter) -> Double {
            let delays = Backoff.constant(.seconds(1), jitter: jitter).delays(10_000, seed: 2015)
            return delays.reduce(.zero, +) / .seconds(10_000)
        }
        // The standard deviation of the mean is 0.29 % and 0.14 % of the delay.
        #expect(abs(mean(.full) - 0.5) < 0.01)
        #expect(abs(mean(.equal) - 0.75) < 0.005)
    }

    @Test("Both ends of a small range are drawn")
    func ends() {
        #expect(Set(Backoff.constant(.nanoseconds(2), jitter: .full).delays(100)).count == 3)
        #expect(
            Set(Backoff.constant(.nanoseconds(3), jitter: .equal).delays(100)) == [.nanoseconds(2), .nanoseconds(3)])
    }

    @Test("E4 the same seed gives the same delays, another seed others", arguments: Jitter.allCases)
    func determinism(_ jitter: Jitter) {
        let backoff = Backoff.exponential(from: .seconds(1), upTo: .seconds(60), jitter: jitter)
        #expect(backoff.delays(20, seed: 3) == backoff.delays(20, seed: 3))
        #expect((backoff.delays(20, seed: 3) == backoff.delays(20, seed: 4)) == (jitter == .none))
    }

    @Test("A delay takes one number from the generator, and none without jitter", arguments: Jitter.allCases)
    func draws(_ jitter: Jitter) {
        var used = FastRandom(seed: 5)
        var fresh = FastRandom(seed: 5)
        let backoff = Backoff.exponential(from: .seconds(1), upTo: .seconds(60), jitter: jitter)
        _ = backoff.delay(forRetry: 3, previous: .seconds(2), using: &used)
        if jitter != .none { _ = fresh.next() }
        #expect(used.next() == fresh.next())
    }

    @Test("The generator gives the published numbers of SplitMix64")
    func splitMix() {
        var generator = FastRandom(seed: 1_234_567)
        let numbers = (0..<5).map { _ in generator.next() }
        #expect(
            numbers == [
                6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423,
                4_593_380_528_125_082_431, 16_408_922_859_458_223_821,
            ])
    }
}
