import QueueBackoff
import QueueModel
import Testing

@Suite("Aging") struct AgingPolicyTests {
    private let policy = AgingPolicy(grace: .seconds(10), interval: .seconds(2), ceiling: 100)

    @Test(
        "D5 after the grace a job gains a step an interval, up to the ceiling",
        arguments: [
            (0, 128), (9_999, 128), (10_000, 128), (11_999, 128), (12_000, 127), (13_999, 127), (14_000, 126),
            (65_999, 101), (66_000, 100), (1_000_000, 100), (-5, 128),
        ] as [(Int64, UInt8)])
    func formula(_ waited: Int64, _ effective: UInt8) {
        #expect(policy.effective(.normal, waited: waited) == Priority(rawValue: effective))
    }

    @Test("D5 a job whose own priority is at the ceiling or above keeps it", arguments: [0, 99, 100] as [Priority])
    func aboveCeiling(_ base: Priority) {
        #expect(policy.effective(base, waited: .max) == base)
        #expect(policy.untilNextStep(base, waited: 0) == nil)
    }

    @Test("D5 without grace the first step takes an interval")
    func noGrace() {
        let policy = AgingPolicy(grace: .zero, interval: .milliseconds(1), ceiling: .realtime)
        #expect(policy.effective(.idle, waited: 0) == 255)
        #expect(policy.effective(.idle, waited: 1) == 254)
        #expect(policy.effective(.idle, waited: 255) == 0)
        #expect(policy.effective(.idle, waited: 256) == 0)
    }

    @Test("D5 the effective priority is what the formula says", arguments: 1...50 as ClosedRange<UInt64>)
    func matchesFormula(_ seed: UInt64) {
        var generator = FastRandom(seed: seed)
        let policy = AgingPolicy.random(using: &generator)
        let (grace, interval) = (policy.grace.wholeMilliseconds, policy.interval.wholeMilliseconds)
        for _ in 0..<200 {
            let base = generator.next(below: 256)
            let waited = Int64(generator.next(below: 200_000))
            let steps = waited < grace ? 0 : Int((waited - grace) / interval)
            let formula = max(base - steps, Int(policy.ceiling.rawValue))
            let expected = min(base, formula)
            #expect(
                policy.effective(Priority(rawValue: UInt8(base)), waited: waited).rawValue == UInt8(expected))
        }
    }

    @Test(
        "D5 the next step comes exactly when it is said to come, not a millisecond before",
        arguments: 1...50 as ClosedRange<UInt64>)
    func nextStepIsExact(_ seed: UInt64) {
        var generator = FastRandom(seed: seed)
        let policy = AgingPolicy.random(using: &generator)
        for _ in 0..<200 {
            let base = Priority(rawValue: UInt8(generator.next(below: 256)))
            let waited = Int64(generator.next(below: 200_000)) - 50_000
            let now = policy.effective(base, waited: waited)
            guard let left = policy.untilNextStep(base, waited: waited) else {
                #expect(now <= policy.ceiling)
                #expect(policy.effective(base, waited: .max) == now)
                continue
            }
            #expect(left > 0)
            #expect(policy.effective(base, waited: waited + left - 1) == now)
            #expect(policy.effective(base, waited: waited + left).rawValue == now.rawValue - 1)
        }
    }

    @Test("D5 waits at the ends of what can be written are borne", arguments: [Int64.min, .min + 1, .max - 1, .max])
    func extremes(_ waited: Int64) {
        for policy in [AgingPolicy(), AgingPolicy(grace: .seconds(366 * 86_400), interval: .seconds(366 * 86_400))] {
            #expect(policy.effective(.idle, waited: waited) == (waited < 0 ? .idle : .high))
            if let left = policy.untilNextStep(.idle, waited: waited) { #expect(left > 0) }
        }
    }

    @Test(
        "D5 the ends of the ranges are allowed",
        arguments: [
            AgingPolicy(), AgingPolicy(grace: .zero), AgingPolicy(interval: .milliseconds(1)),
            AgingPolicy(grace: .seconds(366 * 86_400), interval: .seconds(366 * 86_400), ceiling: .idle),
        ])
    func allowed(_ policy: AgingPolicy) throws {
        try policy.validate()
    }

    @Test(
        "D5 a policy outside of its range is refused by name",
        arguments: [
            (AgingPolicy(grace: .milliseconds(-1)), "grace"), (AgingPolicy(grace: .seconds(366 * 86_400 + 1)), "grace"),
            (AgingPolicy(interval: .zero), "interval"), (AgingPolicy(interval: .microseconds(999)), "interval"),
            (AgingPolicy(interval: .seconds(366 * 86_400 + 1)), "interval"),
        ])
    func refused(_ policy: AgingPolicy, _ part: String) {
        let error = #expect(throws: QueueError.self) { try policy.validate() }
        #expect(error?.code == .invalidOption)
        #expect("\(error.map(String.init(describing:)) ?? "")".contains(part))
    }
}

extension AgingPolicy {
    fileprivate static func random(using generator: inout FastRandom) -> AgingPolicy {
        AgingPolicy(
            grace: .milliseconds(generator.next(below: 30_000)),
            interval: .milliseconds(1 + generator.next(below: 3000)),
            ceiling: Priority(rawValue: UInt8(generator.next(below: 256))))
    }
}
