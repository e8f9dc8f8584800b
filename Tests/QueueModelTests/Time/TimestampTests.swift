import QueueModel
import Testing

@Suite("Timestamp") struct TimestampTests {
    @Test(
        "S1 an instant is moved by whole milliseconds, rounded down",
        arguments: [
            (Duration.milliseconds(5), Int64(1005)), (.microseconds(999), 1000), (.microseconds(-1), 999),
            (.microseconds(-1000), 999), (.microseconds(-1001), 998), (.zero, 1000), (.seconds(2), 3000),
            (.seconds(-2), -1000), (.nanoseconds(-1_500_000), 998),
        ])
    func advancing(by duration: Duration, gives milliseconds: Int64) {
        #expect(Timestamp(milliseconds: 1000).advanced(by: duration).milliseconds == milliseconds)
    }

    @Test("S1 moving an instant out of the range stops at its end")
    func advancingSaturates() {
        #expect(Timestamp.distantFuture.advanced(by: .milliseconds(1)) == .distantFuture)
        #expect(Timestamp.distantPast.advanced(by: .milliseconds(-1)) == .distantPast)
        #expect(Timestamp(milliseconds: 0).advanced(by: .seconds(Int64.max)) == .distantFuture)
        #expect(Timestamp(milliseconds: 0).advanced(by: .seconds(Int64.min)) == .distantPast)
        #expect(Timestamp.distantPast.advanced(by: .seconds(Int64.max)).milliseconds == -1)
    }

    @Test("S1 the distance of two instants saturates")
    func distanceSaturates() {
        #expect(Timestamp(milliseconds: 1500).since(Timestamp(milliseconds: 1000)) == .milliseconds(500))
        #expect(Timestamp(milliseconds: 1000).since(Timestamp(milliseconds: 1500)) == .milliseconds(-500))
        #expect(Timestamp.distantFuture.since(.distantPast) == .milliseconds(Int64.max))
        #expect(Timestamp.distantPast.since(.distantFuture) == .milliseconds(Int64.min))
    }

    @Test("S1 instants are ordered by time")
    func order() {
        #expect(Timestamp(milliseconds: 1) < Timestamp(milliseconds: 2))
        #expect(!(Timestamp(milliseconds: 2) < Timestamp(milliseconds: 2)))
        #expect(Timestamp.distantPast < .distantFuture)
    }
}
