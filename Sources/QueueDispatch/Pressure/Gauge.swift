import Synchronization

/// A measurement, as a value that keeps its last reading.
protocol PressureProbe: Sendable {
    /// Returns the pressure at a time on the gauge's clock; `nil` if it can't be measured.
    mutating func measure(at now: Duration) -> Double?
}

/// A pressure that is measured at most once per interval, by the first caller after the interval is over.
///
/// Other callers get the previous value during a measurement, so that none waits for a lock.
final class Gauge: Sendable {
    private struct Measuring {
        var cadence: Cadence
        var probe: any PressureProbe
    }

    private let now: @Sendable () -> Duration
    private let measuring: Mutex<Measuring>
    /// Zero until the first measurement is done; `nil` if the last one failed.
    private let shown = Mutex<Double?>(0)

    init(_ probe: some PressureProbe, every interval: Duration, clock: some Clock<Duration>) {
        now = Ticker(clock).now
        measuring = Mutex(Measuring(cadence: Cadence(interval), probe: probe))
    }

    /// Returns the pressure; `nil` if it could not be measured.
    func read() -> Double? {
        let now = now()
        measuring.withLockIfAvailable { measuring in
            guard measuring.cadence.isDue(at: now) else { return }
            let pressure = measuring.probe.measure(at: now)
            shown.withLock { $0 = pressure }
        }
        return shown.withLock { $0 }
    }
}
