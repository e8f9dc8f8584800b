import QueueModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// How often something happens, over the last minute, quarter of an hour and hour, as load averages say it.
///
/// An event counts 1/τ a second, and what has counted decays by exp(−Δt/τ): the exponentially decayed rate of Cormode, Shkapenyuk,
/// Srivastava and Xu, “Forward Decay”, ICDE 2009, which is the load average of Unix for events instead of samples. It depends on nothing but
/// the events and their instants, so it needs no ticking. A steady rate is reached to 63 % after τ.
struct EventRate: Hashable, Sendable {
    /// The rates at ``instant``, in events a second.
    private var rates = (minute: 0.0, quarter: 0.0, hour: 0.0)
    /// When the last events were.
    private var instant = Timestamp(milliseconds: 0)
    /// Events at that instant, which ``rates`` do not have yet: events of one instant give the same rate, however they are grouped.
    private var fresh = 0

    private static let spans = (minute: 60.0, quarter: 900.0, hour: 3600.0)

    init() {}

    /// Counts events; those of a clock that went back count as if it had stood still.
    mutating func add(_ count: Int, at now: Timestamp) {
        if now > instant {
            rates = rates(at: now)
            instant = now
            fresh = 0
        }
        fresh += count
    }

    /// The rates at an instant.
    func rates(at now: Timestamp) -> (minute: Double, quarter: Double, hour: Double) {
        if fresh == 0, rates == (0, 0, 0) { return rates }
        let seconds = Double(instant.wholeMilliseconds(until: now)) / 1000
        func decayed(_ rate: Double, _ span: Double) -> Double { (rate + Double(fresh) / span) * exp(-seconds / span) }
        return (
            decayed(rates.minute, Self.spans.minute), decayed(rates.quarter, Self.spans.quarter),
            decayed(rates.hour, Self.spans.hour)
        )
    }

    static func == (left: EventRate, right: EventRate) -> Bool {
        left.rates == right.rates && left.instant == right.instant && left.fresh == right.fresh
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(instant)
        hasher.combine(fresh)
    }

    func write(to writer: inout VarintWriter) {
        writer.write(Int(instant.milliseconds))
        writer.write(fresh)
        writer.write(rates.minute)
        writer.write(rates.quarter)
        writer.write(rates.hour)
    }

    init?(from reader: inout VarintReader) {
        guard let instant = reader.read(), let fresh = reader.readCount(), let minute = reader.readDouble(),
            let quarter = reader.readDouble(), let hour = reader.readDouble()
        else { return nil }
        self.instant = Timestamp(milliseconds: Int64(instant))
        self.fresh = fresh
        rates = (minute, quarter, hour)
    }
}
