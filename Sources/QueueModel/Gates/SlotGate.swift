/// Holds back what has no free slot: on the worker, in the domain, in the group (rules D3, D6).
enum SlotGate {
    static func judgeWorker(_ facts: GateFacts) -> GateVerdict { judge(facts.worker) }
    static func judgeDomain(_ facts: GateFacts) -> GateVerdict { judge(facts.domain) }

    static func judgeGroup(_ facts: GateFacts) -> GateVerdict {
        let verdict = judge(facts.group)
        guard verdict == .admit, let maximum = facts.share.limit, facts.share.running >= maximum else { return verdict }
        return .hold(.share(running: facts.share.running, maximum: maximum), until: nil)
    }

    private static func judge(_ slots: GateFacts.SlotFact) -> GateVerdict {
        guard let limit = slots.limit, slots.running >= limit else { return .admit }
        return .hold(.slots(running: slots.running, limit: limit), until: nil)
    }
}
