import CrashAudit
import QueueModel
import Testing

@Suite("Limits, order and growth")
struct JudgementTests {
    @Test("I5 spans that only touch are not at once")
    func overlap() {
        let spans = [
            Overlap.Span(JobID(1), 0..<5), .init(JobID(2), 5..<9), .init(JobID(3), 6..<7), .init(JobID(4), 8..<8),
        ]
        #expect(Overlap.excess(of: spans, over: 2) == nil)
        #expect(Overlap.excess(of: spans, over: 1) == [JobID(2), JobID(3)])
        #expect(Overlap.excess(of: [], over: 0) == nil)
    }

    private func turn(_ began: Int64, _ returned: Int64, _ claims: (Int64, Priority)...) -> ClaimOrder.Turn {
        ClaimOrder.Turn(
            began: began, returned: returned,
            claims: claims.map { .init(id: JobID($0.0), attempt: 1, priority: $0.1) })
    }

    @Test("I8 a turn that hands out the less urgent of two that were there is found")
    func order() {
        let turns = [turn(30, 40, (1, .high)), turn(10, 20, (2, .normal))]
        #expect(
            ClaimOrder.faults(in: turns, free: [JobID(1): 5])
                == ["I8: #2 was claimed, and #1 was there and comes first"])
    }

    @Test("I8 of one priority the first submitted comes first")
    func age() {
        let turns = [turn(10, 20, (2, .normal)), turn(30, 40, (1, .normal))]
        #expect(ClaimOrder.faults(in: turns, free: [JobID(1): 5]).count == 1)
        #expect(ClaimOrder.faults(in: [turns[1], turn(50, 60, (2, .normal))], free: [JobID(1): 5]) == [])
    }

    @Test("I8 turns that overlap, and jobs that were not there yet, are not judged")
    func unclear() {
        #expect(
            ClaimOrder.faults(in: [turn(10, 35, (2, .normal)), turn(30, 40, (1, .high))], free: [JobID(1): 5]) == [])
        #expect(
            ClaimOrder.faults(in: [turn(10, 20, (2, .normal)), turn(30, 40, (1, .high))], free: [JobID(1): 15]) == [])
        #expect(ClaimOrder.faults(in: [turn(10, 20, (2, .normal)), turn(30, 40, (1, .high))], free: [:]) == [])
    }

    /// Samples of a run, with one figure by the number of the sample.
    private func samples(
        _ count: Int, memory: (Int) -> Double = { _ in 50_000_000 }, descriptors: (Int) -> Double = { _ in 20 },
        p99: (Int) -> Double = { _ in 1 }
    ) -> [SoakSample] {
        (0..<count).map { number in
            SoakSample(
                seconds: Double(number), memory: memory(number), file: 1_000_000, log: 4_000_000,
                descriptors: descriptors(number), threads: 6, active: 10, median: 0.1, p99: p99(number))
        }
    }

    @Test("I10 a run whose figures only rise while it warms up is flat")
    func flat() throws {
        let flatness = try #require(
            Flatness(samples(100, memory: { $0 < 20 ? Double($0) * 2_000_000 : 50_000_000 + Double($0 % 3) * 100_000 }))
        )
        #expect(flatness.isFlat)
        #expect(flatness["memory"]?.before == 50_100_000)
    }

    @Test("I10 memory that grows all the time is found, and so are descriptors that are not closed")
    func growing() throws {
        let memory = try #require(Flatness(samples(100, memory: { 50_000_000 + Double($0) * 200_000 })))
        #expect(memory.trends.filter { !$0.isFlat }.map(\.name) == ["memory"])
        let descriptors = try #require(Flatness(samples(100, descriptors: { 20 + Double($0 / 10) })))
        #expect(descriptors.trends.filter { !$0.isFlat }.map(\.name) == ["descriptors"])
    }

    @Test(
        "I10 submissions that become slower are found, unless samples have too few of them to tell",
        arguments: [true, false])
    func slower(_ judgesTail: Bool) throws {
        let slower = samples(100, p99: { Double($0 * $0) })
        let flatness = try #require(Flatness(slower, judgesTail: judgesTail))
        #expect(flatness.isFlat == !judgesTail)
        #expect(flatness["p99"]?.after == 7569)
    }

    @Test("I10 a run that is too short says nothing")
    func short() {
        #expect(Flatness(samples(7)) == nil)
        #expect(Flatness(samples(8)) != nil)
    }
}
