/// Holds back a type that has started as much as its rate allows (rule D4).
enum TypeRateGate {
    static func judge(_ facts: GateFacts) -> GateVerdict { GateVerdict(facts.typeRate) }
}
