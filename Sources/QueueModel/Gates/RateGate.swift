/// Holds back a type or a group that has started as much as its rate allows (rule D4).
enum RateGate {
    static func judgeType(_ facts: GateFacts) -> GateVerdict { judge(facts.typeRate) }
    static func judgeGroup(_ facts: GateFacts) -> GateVerdict { judge(facts.groupRate) }

    private static func judge(_ rate: GateFacts.RateFact?) -> GateVerdict {
        guard let rate, let next = rate.nextToken else { return .admit }
        return .hold(.rate(rate.limit), until: next)
    }
}
