import QueueModel

/// Reads how strained the machine is, so that a ``PressurePolicy`` can hold back what is not urgent (rule D9).
struct PressureGate {
    /// The pressure that counts: the highest of all sources, within 0…1.
    static func highest(of sources: [any PressureSource]) -> Double {
        sources.reduce(0) { max($0, PressureReading($1).value) }
    }
}
