/// Holds back a job that has outlived its time; a claim that meets it ends it (rule Q7).
enum ExpiryGate {
    static func judge(_ facts: GateFacts) -> GateVerdict {
        guard let expiry = facts.expiresAt, expiry <= facts.now else { return .admit }
        return .block(.expired, until: nil)
    }
}
