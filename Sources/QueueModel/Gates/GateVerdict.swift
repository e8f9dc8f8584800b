/// What a gate says of a job.
public enum GateVerdict: Hashable, Sendable {
    /// It lets the job through.
    case admit
    /// It holds the job back, until an instant if one is known.
    case block(GateBlockReason, until: Timestamp?)
}

// What several gates say of facts of one kind.
extension GateVerdict {
    init(_ pause: GateFacts.PauseFact?) {
        self = pause.map { .block(.paused, until: $0.until) } ?? .admit
    }

    init(_ slots: GateFacts.SlotFact) {
        guard let limit = slots.limit, slots.running >= limit else {
            self = .admit
            return
        }
        self = .block(.slots(running: slots.running, limit: limit), until: nil)
    }

    init(_ rate: GateFacts.RateFact?) {
        guard let rate, let next = rate.nextToken else {
            self = .admit
            return
        }
        self = .block(.rate(rate.limit), until: next)
    }
}
