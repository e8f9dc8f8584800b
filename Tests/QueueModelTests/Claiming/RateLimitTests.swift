import QueueModel
import Testing

@Suite("Rate limits") struct RateLimitTests {
    @Test(
        "D4 a limit without a burst holds as many tokens as a second brings, at least one",
        arguments: [
            (RateLimit.perSecond(100), 100), (.perMinute(3000), 50), (.perMinute(90), 1), (.perMinute(1), 1),
            (.perHour(7200), 2), (RateLimit(5, per: .milliseconds(10)), 500), (.perSecond(1_000_000), 1_000_000),
            (RateLimit(1_000_000, per: .milliseconds(1)), 1_000_000), (RateLimit(1, per: .seconds(31 * 86_400)), 1),
            (RateLimit(3, per: .microseconds(1500)), 2000), (.perSecond(100, burst: 7), 7),
        ])
    func burst(_ limit: RateLimit, _ burst: Int) throws {
        #expect(limit.burst == burst)
        try limit.validate()
    }

    @Test("D4 a second, a minute and an hour are such")
    func periods() {
        #expect(RateLimit.perSecond(2) == RateLimit(2, per: .seconds(1), burst: 2))
        #expect(RateLimit.perMinute(2) == RateLimit(2, per: .seconds(60), burst: 1))
        #expect(RateLimit.perHour(2, burst: 9) == RateLimit(2, per: .seconds(3600), burst: 9))
    }

    @Test(
        "D4 the ends of the ranges are allowed",
        arguments: [
            RateLimit(1, per: .seconds(1), burst: 1), RateLimit(1_000_000, per: .seconds(1), burst: 1_000_000),
            RateLimit(1, per: .milliseconds(1), burst: 1), RateLimit(1, per: .seconds(31 * 86_400), burst: 11),
        ])
    func allowed(_ limit: RateLimit) throws {
        try limit.validate()
    }

    @Test(
        "D4 a limit outside of its range is refused by name",
        arguments: [
            (RateLimit(0, per: .seconds(1)), "count is 0"), (RateLimit(-1, per: .seconds(1)), "count is -1"),
            (RateLimit(1_000_001, per: .seconds(1)), "count is 1000001"), (RateLimit(.max, per: .seconds(1)), "count"),
            (RateLimit(1, per: .microseconds(999)), "period"), (RateLimit(1, per: .zero), "period"),
            (RateLimit(1, per: .seconds(-1)), "period"), (RateLimit(1, per: .seconds(31 * 86_400 + 1)), "period"),
            (RateLimit(1, per: .seconds(Int64.max)), "period"),
            (RateLimit(1, per: .seconds(1), burst: 0), "burst is 0"),
            (RateLimit(1, per: .seconds(1), burst: -5), "burst is -5"),
            (RateLimit(1, per: .seconds(1), burst: 1_000_001), "burst is 1000001"),
            (RateLimit(1, per: .seconds(31 * 86_400), burst: 12), "366 days"),
        ])
    func refused(_ limit: RateLimit, _ part: String) {
        let error = #expect(throws: QueueError.self) { try limit.validate() }
        #expect(error?.code == .invalidOption)
        #expect("\(error.map(String.init(describing:)) ?? "")".contains(part))
    }

    @Test("D14 a limit is said with its figures")
    func text() {
        #expect(RateLimit.perSecond(5, burst: 7).description == "5 per 1.0 seconds, burst 7")
    }
}
