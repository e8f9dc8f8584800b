/// Holds back a group that has started as much as its rate allows (rule D4).
enum GroupRateGate {
    static func judge(_ facts: GateFacts) -> GateVerdict { GateVerdict(facts.groupRate) }
}
