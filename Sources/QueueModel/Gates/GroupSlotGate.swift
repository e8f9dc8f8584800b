/// Holds back what finds no free slot in its group, or whose group has reached the cap of its share (rules D3, D6).
enum GroupSlotGate {
    static func judge(_ facts: GateFacts) -> GateVerdict {
        let verdict = GateVerdict(facts.group)
        guard verdict == .admit, let maximum = facts.share.limit, facts.share.running >= maximum else { return verdict }
        return .block(.share(running: facts.share.running, maximum: maximum), until: nil)
    }
}
