import QueueCompletion
import Testing

@Suite("Back-off")
struct TransientBackoffTests {
    @Test(
        "C6 the delay doubles up to its maximum",
        arguments: [(-1, 5), (0, 5), (1, 5), (2, 10), (3, 20), (10, 2560), (11, 5000), (12, 5000), (Int.max, 5000)])
    func delay(failures: Int, milliseconds: Int) {
        #expect(TransientBackoff().delay(afterFailures: failures) == .milliseconds(milliseconds))
    }

    @Test("C6 the delay does not overflow, whatever its bounds")
    func extremes() {
        let longest = Duration.seconds(Int64.max)
        #expect(TransientBackoff(initial: .nanoseconds(1), maximum: longest).delay(afterFailures: .max) == longest)
        #expect(TransientBackoff(initial: longest, maximum: longest).delay(afterFailures: .max) == longest)
    }
}
