import QueueBackoff
import Testing

@Suite("Curves")
struct CurveTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var backoff: Backoff
        var milliseconds: [Double]
        var testDescription: String { backoff.description }
    }

    @Test(
        "E4 each curve gives exactly these delays",
        arguments: [
            Row(backoff: .immediate, milliseconds: [0, 0, 0]),
            Row(backoff: .constant(.seconds(1)), milliseconds: [1000, 1000, 1000, 1000]),
            Row(
                backoff: .linear(from: .seconds(1), by: .seconds(2), upTo: .seconds(6)),
                milliseconds: [1000, 3000, 5000, 6000, 6000]),
            Row(
                backoff: .linear(from: .zero, by: .milliseconds(250), upTo: .seconds(1)),
                milliseconds: [0, 250, 500, 750, 1000, 1000]),
            Row(
                backoff: .linear(from: .seconds(9), by: .zero, upTo: .seconds(60)),
                milliseconds: [9000, 9000, 9000]),
            Row(
                backoff: .exponential(from: .milliseconds(100), upTo: .seconds(3)),
                milliseconds: [100, 200, 400, 800, 1600, 3000, 3000]),
            Row(
                backoff: .exponential(from: .seconds(1), factor: 3, upTo: .seconds(60)),
                milliseconds: [1000, 3000, 9000, 27000, 60000, 60000]),
            Row(
                backoff: .exponential(from: .milliseconds(8), factor: 1.5, upTo: .seconds(1)),
                milliseconds: [8, 12, 18, 27, 40.5, 60.75]),
            Row(backoff: .exponential(from: .seconds(2), factor: 1, upTo: .seconds(9)), milliseconds: [2000, 2000]),
            Row(backoff: .exponential(from: .zero, upTo: .seconds(9)), milliseconds: [0, 0, 0]),
            Row(backoff: .exponential(from: .zero, factor: 5, upTo: .seconds(9)), milliseconds: [0, 0, 0]),
            Row(backoff: .exponential(from: .seconds(10), upTo: .seconds(4)), milliseconds: [4000, 4000]),
        ])
    func table(_ row: Row) {
        #expect(row.backoff.delays(row.milliseconds.count) == row.milliseconds.map { .nanoseconds(Int64($0 * 1e6)) })
    }

    @Test("Doubling by shift is doubling by multiplication", arguments: [1, 3, 1_000_000, 999_999_937] as [Int64])
    func shift(_ initial: Int64) {
        let backoff = Backoff.exponential(from: .nanoseconds(initial), upTo: .seconds(Int64.max))
        var expected = initial
        for delay in backoff.delays(20) {
            #expect(delay == .nanoseconds(expected))
            expected *= 2
        }
    }

    @Test("A factor beside two is rounded to the nearest nanosecond")
    func rounding() {
        let backoff = Backoff.exponential(from: .nanoseconds(1), factor: 1.5, upTo: .seconds(1))
        // 1, 1.5, 2.25, 3.375, 5.0625, 7.59375
        #expect(backoff.delays(6) == [1, 2, 2, 3, 5, 8].map { .nanoseconds($0 as Int64) })
    }

    @Test("Parts finer than a nanosecond are dropped")
    func resolution() {
        let backoff = Backoff.constant(Duration(attoseconds: 2_999_999_999))
        #expect(backoff.delays(1) == [.nanoseconds(2)])
        #expect(backoff.initial == .nanoseconds(2))
    }

    @Test("The parts of a value can be read")
    func parts() {
        let linear = Backoff.linear(from: .seconds(1), by: .seconds(2), upTo: .seconds(9), jitter: .equal)
        #expect(linear.curve == .linear(increment: .seconds(2)))
        #expect(linear.initial == .seconds(1))
        #expect(linear.cap == .seconds(9))
        #expect(linear.jitter == .equal)
        let exponential = Backoff.exponential(from: .seconds(1), factor: 1.25, upTo: .seconds(Int64.max))
        #expect(exponential.curve == .exponential(factor: 1.25))
        #expect(exponential.cap == nil)
        let constant = Backoff.constant(.seconds(4)).jittered(.full)
        #expect(constant.curve == .constant)
        #expect(constant.cap == .seconds(4))
        #expect(constant.jitter == .full)
    }
}
