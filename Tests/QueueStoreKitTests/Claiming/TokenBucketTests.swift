import QueueBackoff
import QueueModel
import QueueStoreKit
import Testing

@Suite("Token buckets") struct TokenBucketTests {
    private func at(_ milliseconds: Int64) -> Timestamp {
        Timestamp(milliseconds: 1_700_000_000_000 + milliseconds)
    }

    /// Takes as many as there are, and says how many that were.
    private func drain(_ bucket: inout TokenBucket, of limit: RateLimit, at now: Timestamp) -> Int {
        var taken = 0
        while bucket.nextToken(of: limit, at: now) == nil {
            bucket.take(of: limit, at: now)
            taken += 1
        }
        return taken
    }

    @Test("D4 a bucket that was never used is full, and gives its burst at once and no more")
    func full() {
        let limit = RateLimit.perSecond(10, burst: 4)
        var bucket = TokenBucket()
        #expect(bucket.tokens(of: limit, at: at(0)) == 4)
        for left in [3, 2, 1, 0] {
            #expect(bucket.nextToken(of: limit, at: at(0)) == nil)
            bucket.take(of: limit, at: at(0))
            #expect(bucket.tokens(of: limit, at: at(0)) == left)
        }
        #expect(bucket.nextToken(of: limit, at: at(0)) == at(100))
    }

    @Test("D4 tokens come back one by one, evenly spaced, up to the burst")
    func comesBack() {
        let limit = RateLimit.perSecond(10, burst: 3)
        var bucket = TokenBucket()
        let taken = drain(&bucket, of: limit, at: at(0))
        #expect(taken == 3)
        #expect(bucket.tokens(of: limit, at: at(99)) == 0)
        #expect(bucket.tokens(of: limit, at: at(100)) == 1)
        #expect(bucket.tokens(of: limit, at: at(199)) == 1)
        #expect(bucket.tokens(of: limit, at: at(200)) == 2)
        #expect(bucket.tokens(of: limit, at: at(300)) == 3)
        #expect(bucket.tokens(of: limit, at: at(1_000_000)) == 3)
    }

    @Test(
        "D4 the instant of the next token has one, and the millisecond before has none",
        arguments: 1...40 as ClosedRange<UInt64>)
    func nextIsExact(_ seed: UInt64) throws {
        var generator = FastRandom(seed: seed)
        let limit = RateLimit.random(using: &generator)
        var bucket = TokenBucket()
        var now = at(0)
        for _ in 0..<200 {
            _ = drain(&bucket, of: limit, at: now)
            let next = try #require(bucket.nextToken(of: limit, at: now))
            #expect(next > now)
            #expect(bucket.nextToken(of: limit, at: next) == nil)
            #expect(bucket.nextToken(of: limit, at: Timestamp(milliseconds: next.milliseconds - 1)) != nil)
            now = next
        }
    }

    @Test(
        "D4 in no span of time more start than the burst and what the rate brings, whenever they try",
        arguments: 1...60 as ClosedRange<UInt64>)
    func neverMore(_ seed: UInt64) {
        var generator = FastRandom(seed: seed)
        let limit = RateLimit.random(using: &generator)
        let spacing = max(1, limit.period.wholeMilliseconds / Int64(limit.count))
        var bucket = TokenBucket()
        var starts: [Int64] = []
        var now: Int64 = 0
        for _ in 0..<400 {
            now +=
                generator.next(below: 8) == 0
                ? spacing * Int64(limit.burst) : Int64(generator.next(below: Int(3 * spacing)))
            for _ in 0...generator.next(below: 4) where bucket.nextToken(of: limit, at: at(now)) == nil {
                bucket.take(of: limit, at: at(now))
                starts.append(now)
            }
        }
        for first in starts.indices {
            for last in first..<starts.endIndex {
                // Both ends included; multiplied out, so that nothing is rounded.
                let surplus = Int64(last - first + 1 - limit.burst)
                guard surplus * limit.period.wholeMilliseconds > Int64(limit.count) * (starts[last] - starts[first])
                else { continue }
                Issue.record("\(last - first + 1) starts in \(starts[last] - starts[first]) ms of \(limit)")
                return
            }
        }
        #expect(starts.count > 100)
    }

    @Test(
        "D4 a bucket that is always used gives what the rate brings and does not drift in ten years",
        arguments: [RateLimit.perHour(1), .perHour(7), .perMinute(1, burst: 5), RateLimit(3, per: .seconds(86_400))])
    func noDrift(_ limit: RateLimit) {
        let years: Int64 = 10 * 365 * 86_400_000
        var bucket = TokenBucket()
        var starts = drain(&bucket, of: limit, at: at(0)) - limit.burst
        #expect(starts == 0)
        var now = at(0)
        while let next = bucket.nextToken(of: limit, at: now), next.milliseconds - at(0).milliseconds <= years {
            now = next
            bucket.take(of: limit, at: now)
            starts += 1
        }
        let brought = Double(years) / Double(limit.period.wholeMilliseconds) * Double(limit.count)
        #expect(Double(starts) <= brought)
        #expect(Double(starts) >= brought - 1)
    }

    @Test(
        "D4 what the spacing's rounding loses is less than a nanosecond a start",
        arguments: [3, 7, 97, 101, 999, 12_345] as [Int])
    func rounding(_ count: Int) {
        let limit = RateLimit.perSecond(count, burst: 1_000_000)
        var bucket = TokenBucket()
        for _ in 0..<1_000_000 { bucket.take(of: limit, at: at(0)) }
        // Exactly a million starts' time passes, and what was lost shows as tokens that are not there yet.
        let time = Int64((1_000_000_000.0 / Double(count)).rounded(.up))
        #expect(
            bucket.tokens(of: limit, at: at(time)) == 1_000_000
                || bucket.tokens(of: limit, at: at(time + 1)) == 1_000_000)
        #expect(bucket.tokens(of: limit, at: at(time - 1)) < 1_000_000)
    }

    @Test("D4 a period with a fraction of a millisecond is not cut: the limit is never exceeded")
    func fraction() {
        let limit = RateLimit(1, per: .microseconds(1500), burst: 1)
        var bucket = TokenBucket()
        let starts = (0..<3000).reduce(0) { $0 + drain(&bucket, of: limit, at: at(Int64($1))) }
        #expect(starts <= 2000)
        #expect(starts >= 1500)
    }

    @Test("D4 a clock that was set back leaves an empty bucket that fills from then on")
    func clockBack() throws {
        let limit = RateLimit.perSecond(1, burst: 5)
        var bucket = TokenBucket()
        _ = drain(&bucket, of: limit, at: at(0))
        let back = at(-86_400_000)
        let changed = bucket.settle(under: limit, at: back)
        #expect(changed)
        #expect(bucket.tokens(of: limit, at: back) == 0)
        #expect(bucket.nextToken(of: limit, at: back) == back.advanced(by: .seconds(1)))
        #expect(bucket.tokens(of: limit, at: back.advanced(by: .seconds(5))) == 5)
        let changedAgain = bucket.settle(under: limit, at: back)
        #expect(!changedAgain)
    }

    @Test("D4 a token taken without settling leaves a bucket from the future no fuller in it than it can be")
    func takenUnsettled() {
        let limit = RateLimit.perSecond(1, burst: 2)
        var bucket = TokenBucket(fullAt: .max)
        bucket.take(of: limit, at: at(0))
        #expect(bucket.tokens(of: limit, at: at(0)) == 0)
        #expect(bucket.tokens(of: limit, at: at(2000)) == 2)
    }

    @Test("D4 a clock that was set forward fills the bucket, and no further")
    func clockForward() {
        let limit = RateLimit.perSecond(1, burst: 5)
        var bucket = TokenBucket()
        _ = drain(&bucket, of: limit, at: at(0))
        let taken = drain(&bucket, of: limit, at: at(1_000_000_000))
        #expect(taken == 5)
    }

    @Test("D4 a lowered limit holds from the next look on: no more than its burst are there, and those are earned anew")
    func lowered() {
        let (wide, narrow) = (RateLimit.perSecond(100, burst: 1000), RateLimit.perMinute(1, burst: 2))
        var bucket = TokenBucket()
        let changed = bucket.settle(under: narrow, at: at(0))
        #expect(!changed)
        #expect(bucket.tokens(of: narrow, at: at(0)) == 2, "a full bucket stays full")
        _ = drain(&bucket, of: wide, at: at(0))
        _ = bucket.settle(under: narrow, at: at(0))
        #expect(bucket.tokens(of: narrow, at: at(0)) <= 1)
        let taken = drain(&bucket, of: narrow, at: at(60_000))
        #expect(taken <= 2)
    }

    @Test("D4 a raised limit takes effect at once: an empty bucket waits for the new spacing, not the old one")
    func raised() {
        let (narrow, wide) = (RateLimit.perHour(1, burst: 1), RateLimit.perSecond(10, burst: 10))
        var bucket = TokenBucket()
        _ = drain(&bucket, of: narrow, at: at(0))
        let changed = bucket.settle(under: wide, at: at(0))
        #expect(changed)
        #expect(bucket.nextToken(of: wide, at: at(0)) == at(100))
    }

    @Test("D4 a token that was given back is as if it had never been taken")
    func givenBack() {
        let limit = RateLimit.perSecond(3, burst: 3)
        var bucket = TokenBucket()
        bucket.take(of: limit, at: at(0))
        let before = bucket
        bucket.take(of: limit, at: at(0))
        bucket.giveBack(of: limit)
        #expect(bucket == before)
        bucket.giveBack(of: limit)
        #expect(bucket.tokens(of: limit, at: at(0)) == 3)
        bucket.giveBack(of: limit)
        #expect(bucket.tokens(of: limit, at: at(0)) == 3, "it holds no more than the burst")
        var first = TokenBucket()
        first.giveBack(of: limit)
        #expect(first == TokenBucket())
    }

    @Test(
        "D4 instants at the ends of what can be written are borne", arguments: [Timestamp.distantPast, .distantFuture])
    func extremes(_ now: Timestamp) {
        for limit in [RateLimit.perSecond(1), RateLimit(1, per: .seconds(31 * 86_400), burst: 11)] {
            for fullAt in [Int64.min, 0, .max] {
                var bucket = TokenBucket(fullAt: fullAt)
                _ = bucket.settle(under: limit, at: now)
                bucket.take(of: limit, at: now)
                bucket.giveBack(of: limit)
                #expect((0...limit.burst).contains(bucket.tokens(of: limit, at: now)))
                _ = bucket.nextToken(of: limit, at: now)
            }
        }
    }
}

extension RateLimit {
    /// A limit whose tokens come at least a millisecond apart.
    fileprivate static func random(using generator: inout FastRandom) -> RateLimit {
        let count = 1 + generator.next(below: 50)
        let period = Int64(count) * Int64(1 + generator.next(below: 500)) + Int64(generator.next(below: count))
        return RateLimit(count, per: .milliseconds(period), burst: 1 + generator.next(below: 20))
    }
}
