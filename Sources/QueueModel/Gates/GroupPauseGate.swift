/// Holds back the jobs of a group under a hold (rule D8).
enum GroupPauseGate {
    static func judge(_ facts: GateFacts) -> GateVerdict { GateVerdict(facts.groupPause) }
}
