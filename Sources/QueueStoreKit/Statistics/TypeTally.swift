public import QueueModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A tally of one type's jobs, from which a store answers with ``TypeStatistics``.
///
/// A value that a store must update in the transactions of the events. Its stored form (``bytes``) takes about 60
/// bytes, plus two or three for each nonempty bucket of durations.
public struct TypeTally: Hashable, Sendable {
    private var since: Timestamp
    private var ended = StateCounts()
    private var retries = 0
    private var claims = 0
    /// The sum of their waiting times, in milliseconds.
    private var waited: Int64 = 0
    private var durations = TypeStatistics.DurationHistogram()
    private var io = IOAmount.zero
    private var rate = EventRate()

    /// Creates an empty tally.
    public init(since now: Timestamp) {
        since = now
    }

    // MARK: Counting

    /// Counts an attempt that a claim has started, with the record that the claim returned.
    public mutating func claimed(_ job: JobRecord, at now: Timestamp) {
        let start = max(job.submittedAt, job.runAfter ?? job.submittedAt)
        claims += 1
        waited = waited.saturatingSum(start.wholeMilliseconds(until: now))
    }

    /// Counts failed attempts that are followed by others.
    public mutating func retried(_ count: Int = 1) {
        retries += count
    }

    /// Counts jobs that end in a terminal state.
    ///
    /// For `completed`, call ``ran(from:to:io:count:)`` as well.
    public mutating func ended(as state: JobState, count: Int = 1, at now: Timestamp) {
        guard state.isTerminal else { return }
        ended[state] += count
        rate.add(count, at: now)
    }

    /// Counts the last attempts of completed jobs, all of which took as long and moved as many bytes.
    public mutating func ran(
        from start: Timestamp, to end: Timestamp, io moved: IOAmount, count: Int = 1
    ) {
        durations.add(milliseconds: start.wholeMilliseconds(until: end), count: count)
        if moved.isZero { return }
        for _ in 0..<count {
            io.diskRead = io.diskRead.saturatingSum(max(moved.diskRead, 0))
            io.diskWritten = io.diskWritten.saturatingSum(max(moved.diskWritten, 0))
            io.networkReceived = io.networkReceived.saturatingSum(max(moved.networkReceived, 0))
            io.networkSent = io.networkSent.saturatingSum(max(moved.networkSent, 0))
        }
    }

    // MARK: Looking

    /// Returns the statistics as of an instant.
    public func statistics(of type: JobType, at now: Timestamp) -> TypeStatistics {
        let runs = Int64(max(durations.count, 1))
        let rates = rate.rates(at: now)
        return TypeStatistics(
            type: type, since: since, ended: ended, retries: retries, claims: claims,
            meanWait: claims == 0 ? nil : .milliseconds(Double(waited) / Double(claims)), durations: durations,
            meanIO: IOAmount(
                diskRead: io.diskRead / runs, diskWritten: io.diskWritten / runs,
                networkReceived: io.networkReceived / runs, networkSent: io.networkSent / runs),
            throughput: TypeStatistics.Throughput(minute: rates.minute, quarterHour: rates.quarter, hour: rates.hour))
    }
}

extension Timestamp {
    /// Returns the milliseconds to a later instant; 0 if it is not later.
    func wholeMilliseconds(until end: Timestamp) -> Int64 {
        let (distance, overflow) = end.milliseconds.subtractingReportingOverflow(milliseconds)
        return overflow ? (end > self ? .max : 0) : max(distance, 0)
    }
}

// MARK: - Stored form

extension TypeTally {
    /// The stored form.
    public var bytes: [UInt8] {
        var writer = VarintWriter(capacity: 256)
        writer.write(Int(since.milliseconds))
        for state in JobState.terminal { writer.write(ended[state]) }
        writer.write(retries)
        writer.write(claims)
        writer.write(Int(waited))
        for amount in [io.diskRead, io.diskWritten, io.networkReceived, io.networkSent] { writer.write(Int(amount)) }
        rate.write(to: &writer)
        durations.write(to: &writer)
        return writer.bytes
    }

    /// Creates a tally from its stored form; `nil` if it is invalid.
    public init?(bytes: [UInt8]) {
        var reader = VarintReader(bytes)
        guard let since = reader.read() else { return nil }
        self.init(since: Timestamp(milliseconds: Int64(since)))
        for state in JobState.terminal {
            guard let count = reader.readCount() else { return nil }
            ended[state] = count
        }
        guard let retries = reader.readCount(), let claims = reader.readCount(), let waited = reader.readAmount(),
            let diskRead = reader.readAmount(), let diskWritten = reader.readAmount(),
            let received = reader.readAmount(),
            let sent = reader.readAmount(), let rate = EventRate(from: &reader),
            let durations = TypeStatistics.DurationHistogram(from: &reader), reader.isAtEnd
        else { return nil }
        self.retries = retries
        self.claims = claims
        self.waited = Int64(waited)
        io = IOAmount(
            diskRead: Int64(diskRead), diskWritten: Int64(diskWritten), networkReceived: Int64(received),
            networkSent: Int64(sent))
        self.rate = rate
        self.durations = durations
    }
}

extension Sequence<TypeStatistics> {
    /// Returns the statistics in the order of a store's answer: by the bytes of the types' names.
    package func sortedByType() -> [TypeStatistics] {
        sorted { $0.type.rawValue.utf8.lexicographicallyPrecedes($1.type.rawValue.utf8) }
    }
}

/// The rate of events over the last minute, quarter of an hour and hour, like load averages.
///
/// An event counts 1/τ per second and decays by exp(−Δt/τ): the exponentially decayed rate of Cormode, Shkapenyuk,
/// Srivastava and Xu, “Forward Decay”, ICDE 2009, which is the load average of Unix for events instead of samples. It
/// depends only on the events and their instants, so it needs no timer. A steady rate is reached to 63 % after τ.
struct EventRate: Hashable, Sendable {
    /// The rates at ``instant``, in events per second.
    private var rates = (minute: 0.0, quarter: 0.0, hour: 0.0)
    /// The instant of the last events.
    private var instant = Timestamp(milliseconds: 0)
    /// The number of events at that instant, which ``rates`` do not include yet, so that events of one instant give
    /// the same rate however they are grouped.
    private var fresh = 0

    private static let spans = (minute: 60.0, quarter: 900.0, hour: 3600.0)

    init() {}

    /// Counts events; a clock that goes back counts as standing still.
    mutating func add(_ count: Int, at now: Timestamp) {
        if now > instant {
            rates = rates(at: now)
            instant = now
            fresh = 0
        }
        fresh += count
    }

    /// Returns the rates at an instant.
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
