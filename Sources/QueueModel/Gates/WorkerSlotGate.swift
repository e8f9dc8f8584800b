/// Holds back what finds no free slot on the worker (rule D3).
enum WorkerSlotGate {
    static func judge(_ facts: GateFacts) -> GateVerdict { GateVerdict(facts.worker) }
}
