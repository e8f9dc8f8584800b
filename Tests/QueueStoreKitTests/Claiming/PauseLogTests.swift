import QueueBackoff
import QueueModel
import QueueStoreKit
import Testing

@Suite("The log of holds") struct PauseLogTests {
    private func log(_ spans: (Pause.Target, Int64, Int64?)...) -> PauseLog {
        var log = PauseLog()
        for (target, from, until) in spans {
            log.add(target, from: Timestamp(milliseconds: from), until: until.map { Timestamp(milliseconds: $0) })
        }
        return log
    }

    @Test("D5 without holds nothing was held")
    func empty() {
        #expect(log().isEmpty)
        #expect(log().held(domain: "m", group: "g", from: 0, until: 100) == 0)
    }

    @Test("D5 a hold counts for as long as it lay in the time that is asked for")
    func clipped() {
        let log = log((.queue, 10, 30))
        #expect(!log.isEmpty)
        #expect(log.held(domain: "", group: nil, from: 0, until: 100) == 20)
        #expect(log.held(domain: "", group: nil, from: 15, until: 20) == 5)
        #expect(log.held(domain: "", group: nil, from: 0, until: 12) == 2)
        #expect(log.held(domain: "", group: nil, from: 25, until: 100) == 5)
        #expect(log.held(domain: "", group: nil, from: 30, until: 100) == 0)
        #expect(log.held(domain: "", group: nil, from: 0, until: 10) == 0)
        #expect(log.held(domain: "", group: nil, from: 20, until: 20) == 0)
        #expect(log.held(domain: "", group: nil, from: 25, until: 15) == 0)
    }

    @Test("D5 a hold counts for what it lies on alone")
    func targets() {
        let log = log((.domain("m"), 0, 1), (.group("g"), 10, 12), (.group("m"), 20, 24), (.domain("g"), 30, 38))
        #expect(log.held(domain: "m", group: "g", from: 0, until: 100) == 3)
        #expect(log.held(domain: "g", group: "m", from: 0, until: 100) == 12)
        #expect(log.held(domain: "m", group: nil, from: 0, until: 100) == 1)
        #expect(log.held(domain: "n", group: "h", from: 0, until: 100) == 0)
    }

    @Test("D5 a hold that lies, lies until its own end or for ever")
    func open() {
        #expect(log((.queue, 10, nil)).held(domain: "", group: nil, from: 0, until: 100) == 90)
        #expect(log((.queue, 10, 40)).held(domain: "", group: nil, from: 0, until: 100) == 30)
    }

    @Test("D5 a hold that ended before it began is none")
    func backwards() {
        #expect(log((.queue, 10, 10)).isEmpty)
        #expect(log((.queue, 10, 5)).isEmpty)
    }

    @Test("D5 a millisecond counts once, however many holds lay in it", arguments: 1...60 as ClosedRange<UInt64>)
    func once(_ seed: UInt64) {
        var generator = FastRandom(seed: seed)
        var log = PauseLog()
        var held: Set<Int64> = []
        for _ in 0..<generator.next(below: 12) {
            let from = Int64(generator.next(below: 100))
            let until = from + Int64(generator.next(below: 40))
            let (target, counts): (Pause.Target, Bool) =
                [(.queue, true), (.domain("m"), true), (.group("g"), true), (.group("h"), false)][
                    generator.next(below: 4)]
            log.add(target, from: Timestamp(milliseconds: from), until: Timestamp(milliseconds: until))
            if counts { held.formUnion(from..<until) }
        }
        for _ in 0..<20 {
            let start = Int64(generator.next(below: 120)) - 10
            let end = start + Int64(generator.next(below: 120))
            #expect(
                log.held(domain: "m", group: "g", from: start, until: end)
                    == Int64(held.count { $0 >= start && $0 < end }))
        }
    }

    @Test("D5 instants at the ends of what can be written are borne")
    func extremes() {
        let log = log((.queue, .min, nil))
        #expect(log.held(domain: "", group: nil, from: .min, until: .max) == .max)
        #expect(log.held(domain: "", group: nil, from: .max, until: .min) == 0)
        #expect(log.held(domain: "", group: nil, from: 5, until: .max) == .max - 5)
    }
}
