/// What a ``PressureSource`` has told: its name and its pressure, made safe to compare and to show.
public struct PressureReading: Hashable, Sendable, Codable {
    /// The name of the source.
    public let name: String
    /// The pressure, 0 (idle) to 1 (exhausted); 0 if the source has nothing to tell.
    public let value: Double
    /// Whether the value was measured.
    ///
    /// `false` if the source says so, or told what is no number.
    public let isAvailable: Bool

    /// Asks a source.
    public init(_ source: some PressureSource) {
        let pressure = source.pressure()
        name = source.name
        // After the pressure: a source may find out by measuring that it can't.
        isAvailable = !pressure.isNaN && source.isAvailable
        value = pressure.isNaN ? 0 : min(max(pressure, 0), 1)
    }
}
