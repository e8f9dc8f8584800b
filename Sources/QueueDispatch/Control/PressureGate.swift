import QueueModel

/// Holds back what is not urgent while a resource is strained (rule D9): pure.
struct PressureGate {
    /// The least urgent priority that may run at a pressure of 0…1.
    static func leastPriority(at pressure: Double) -> Priority {
        if pressure > 0.75 { return Priority(rawValue: Priority.normal.rawValue - 1) }
        if pressure > 0.50 { return Priority(rawValue: Priority.background.rawValue - 1) }
        return .idle
    }

    /// The pressure that counts: the highest of all sources, within 0…1.
    static func highest(of sources: [any PressureSource]) -> Double {
        sources.reduce(0) { highest, source in
            let pressure = source.pressure()
            return pressure.isNaN ? highest : max(highest, min(pressure, 1))
        }
    }
}
