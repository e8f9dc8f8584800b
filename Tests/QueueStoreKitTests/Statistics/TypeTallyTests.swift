import QueueModel
import Testing

@testable import QueueStoreKit

@Suite("Tally of a type") struct TypeTallyTests {
    private func t(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: 1_700_000_000_000 + seconds * 1000) }

    private var busy: TypeTally {
        var tally = TypeTally(since: t(0))
        for (place, state) in JobState.terminal.enumerated() { tally.ended(as: state, count: place + 1, at: t(1)) }
        for second in 0..<40 as Range<Int64> {
            tally.ran(
                from: Timestamp(milliseconds: 0), to: Timestamp(milliseconds: second * second * 100),
                io: IOAmount(diskRead: second, networkSent: 1))
        }
        tally.retried(5)
        var job = JobRecord(
            id: JobID(1), type: "work", state: .running, priority: .normal, payload: [], submittedAt: t(0))
        job.runAfter = t(3)
        tally.claimed(job, at: t(7))
        tally.ended(as: .completed, at: t(90))
        return tally
    }

    @Test("Q2 the stored form of a tally is read as it was written")
    func stored() throws {
        for tally in [busy, TypeTally(since: t(0)), TypeTally(since: Timestamp(milliseconds: -7))] {
            let read = try #require(TypeTally(bytes: tally.bytes))
            #expect(read == tally)
            #expect(read.statistics(of: "work", at: t(99)) == tally.statistics(of: "work", at: t(99)))
        }
    }

    @Test("Q2 bytes that are cut off or have more behind them are no tally")
    func invalid() {
        let bytes = busy.bytes
        for count in bytes.indices { #expect(TypeTally(bytes: Array(bytes.prefix(count))) == nil) }
        #expect(TypeTally(bytes: bytes + [0]) == nil)
    }

    @Test("Q2 bytes that were changed anywhere never stop the process")
    func damaged() {
        let bytes = busy.bytes
        for place in bytes.indices {
            for flip in [1, 0x7F, 0x80, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[place] ^= flip
                let tally = TypeTally(bytes: damaged)
                #expect(tally != busy)
            }
        }
    }

    @Test("Q2 a steady rate is reached to 63 % after its span, and to 95 % after three")
    func steady() {
        var rate = EventRate()
        for second in 0..<180 as Range<Int64> {
            rate.add(5, at: t(second))
            if second == 59 { #expect(abs(rate.rates(at: t(60)).minute / 5 - 0.632) < 0.01) }
        }
        #expect(abs(rate.rates(at: t(180)).minute / 5 - 0.950) < 0.01)
    }

    @Test("Q2 a rate is the same however the events of one instant are grouped")
    func grouped() {
        var (one, other) = (EventRate(), EventRate())
        for second in [1, 1, 4, 9] as [Int64] {
            one.add(7, at: t(second))
            for _ in 0..<7 { other.add(1, at: t(second)) }
        }
        #expect(one == other)
    }

    @Test("Q2 events of a clock that went back count as if it had stood still")
    func backwards() {
        var (one, other) = (EventRate(), EventRate())
        one.add(1, at: t(10))
        one.add(1, at: t(5))
        other.add(2, at: t(10))
        #expect(one == other)
        #expect(one.rates(at: t(0)).minute == other.rates(at: t(10)).minute)
    }

    @Test("Q2 sums stop at the end of their range")
    func saturation() {
        var tally = TypeTally(since: t(0))
        for _ in 0..<3 {
            tally.ran(
                from: Timestamp(milliseconds: 0), to: Timestamp(milliseconds: 1000),
                io: IOAmount(diskRead: .max, diskWritten: -1))
        }
        let statistics = tally.statistics(of: "work", at: t(0))
        #expect(statistics.meanIO == IOAmount(diskRead: .max / 3))
    }
}
