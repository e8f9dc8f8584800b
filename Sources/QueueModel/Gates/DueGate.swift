/// Holds back a job whose earliest start is to come.
enum DueGate {
    static func judge(_ facts: GateFacts) -> GateVerdict {
        guard let start = facts.runAfter, start > facts.now else { return .admit }
        return .block(.notDue, until: start)
    }
}
