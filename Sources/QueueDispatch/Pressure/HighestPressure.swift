import QueueModel

/// The pressure that counts for claims, of several sources.
enum HighestPressure {
    /// Reads all sources; returns the highest pressure, within 0…1, or 0 without sources.
    static func read(_ sources: [any PressureSource]) -> Double {
        sources.reduce(0) { max($0, PressureReading($1).value) }
    }
}
