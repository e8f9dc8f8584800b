/// Holds back what lies under a stored hold (rule D8).
enum PauseGate {
    static func judgeQueue(_ facts: GateFacts) -> GateVerdict { judge(facts.queuePause) }
    static func judgeDomain(_ facts: GateFacts) -> GateVerdict { judge(facts.domainPause) }
    static func judgeGroup(_ facts: GateFacts) -> GateVerdict { judge(facts.groupPause) }

    private static func judge(_ pause: GateFacts.PauseFact?) -> GateVerdict {
        pause.map { .hold(.paused, until: $0.until) } ?? .admit
    }
}
