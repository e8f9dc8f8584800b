/// Holds back the jobs of a domain under a hold (rule D8).
enum DomainPauseGate {
    static func judge(_ facts: GateFacts) -> GateVerdict { GateVerdict(facts.domainPause) }
}
