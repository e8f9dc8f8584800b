/// Holds back what finds no free slot in its domain (rule D3).
enum DomainSlotGate {
    static func judge(_ facts: GateFacts) -> GateVerdict { GateVerdict(facts.domain) }
}
