/// Keeps suspects apart: one of them runs at a time (rule L4).
enum IsolationGate {
    static func judge(_ facts: GateFacts) -> GateVerdict {
        facts.waitsForSuspect ? .block(.suspect, until: nil) : .admit
    }
}
