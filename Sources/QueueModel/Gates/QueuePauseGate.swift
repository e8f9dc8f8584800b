/// Holds back everything while a hold lies on the queue (rule D8).
enum QueuePauseGate {
    static func judge(_ facts: GateFacts) -> GateVerdict { GateVerdict(facts.queuePause) }
}
