import QueueModel
import Testing

@Suite("Pressure policy") struct PressurePolicyTests {
    @Test(
        "D9 the thresholds are 0.50 and 0.75, both let through",
        arguments: [
            (0.0, Priority.idle), (0.5, .idle), (0.51, 191), (0.75, 191), (0.76, 127), (1, 127),
        ])
    func defaults(pressure: Double, least: Priority) {
        #expect(PressurePolicy.default.leastPriority(at: pressure) == least)
    }

    @Test(
        "D9 of the thresholds that are passed the most urgent counts, in whatever order they stand",
        arguments: [(0.1, Priority.idle), (0.15, 199), (0.35, 49), (0.45, 9), (0.95, 9)])
    func order(pressure: Double, least: Priority) {
        let thresholds: [PressurePolicy.Threshold] = [
            .holdBack(50, above: 0.3), .holdBack(10, above: 0.4), .holdBack(200, above: 0.1),
        ]
        #expect(PressurePolicy(thresholds).leastPriority(at: pressure) == least)
        #expect(PressurePolicy(thresholds.reversed()).leastPriority(at: pressure) == least)
    }

    @Test("D9 without thresholds nothing is held back")
    func none() throws {
        let policy = PressurePolicy([])
        try policy.validate()
        #expect(policy.leastPriority(at: 1) == .idle)
    }

    @Test(
        "D9 a pressure that is no number holds back nothing, one outside of 0…1 counts as its nearer end",
        arguments: [(Double.nan, Priority.idle), (.infinity, 127), (7, 127), (-.infinity, .idle), (-1, .idle)])
    func strange(pressure: Double, least: Priority) {
        #expect(PressurePolicy.default.leastPriority(at: pressure) == least)
    }

    @Test("D9 a policy that nobody has checked lets through the most urgent all the same")
    func unchecked() {
        let policy = PressurePolicy([.holdBack(.realtime, above: 0.1), .holdBack(.normal, above: .nan)])
        #expect(policy.leastPriority(at: 1) == .realtime)
        #expect(policy.leastPriority(at: 0.1) == .idle)
    }

    @Test(
        "D9 a policy's thresholds are in 0…1, and each has an effect",
        arguments: [
            ([.holdBack(.normal, above: 0), .holdBack(1, above: 1)], nil), ([.holdBack(.idle, above: 0.5)], nil),
            ([.holdBack(.normal, above: -0.1)], "-0.1"), ([.holdBack(.normal, above: 1.1)], "1.1"),
            ([.holdBack(.normal, above: .nan)], "nan"), ([.holdBack(.realtime, above: 0.5)], "realtime"),
            ([.holdBack(.normal, above: 0.5), .holdBack(.normal, above: 0.6)], "normal has two thresholds"),
            ([.holdBack(.high, above: 0.5), .holdBack(.normal, above: 0.5)], "high is held back above 0.5"),
            ([.holdBack(.high, above: 0.4), .holdBack(.normal, above: 0.5)], "high is held back above 0.4"),
            (
                [.holdBack(1, above: 0.9), .holdBack(.idle, above: 0.2), .holdBack(.high, above: 0.1)],
                "high is held back above 0.1"
            ),
        ] as [([PressurePolicy.Threshold], String?)])
    func validation(thresholds: [PressurePolicy.Threshold], complaint: String?) {
        do throws(QueueError) {
            try PressurePolicy(thresholds).validate()
            #expect(complaint == nil)
        } catch {
            #expect(error.code == .invalidOption)
            #expect(complaint.map(error.message.contains) == true)
        }
    }
}
