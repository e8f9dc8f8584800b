/// Holds back what is not urgent while a resource is strained (rule D9).
///
/// A job's own priority counts, not the one that waiting has brought it to.
enum PressureGate {
    static func judge(_ facts: GateFacts) -> GateVerdict {
        if facts.priority <= facts.leastPriority { return .admit }
        return .block(.pressure(leastPriority: facts.leastPriority), until: nil)
    }
}
