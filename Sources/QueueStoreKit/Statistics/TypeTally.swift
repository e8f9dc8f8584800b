public import QueueModel

/// Counts what becomes of the jobs of one type: what a store keeps to answer with ``TypeStatistics``.
///
/// A value, kept in the transaction in which things happen. Its stored form (``bytes``) is compact: some 60 bytes, and two or three more for
/// each bucket of durations in use.
public struct TypeTally: Hashable, Sendable {
    private var since: Timestamp
    private var ended = StateCounts()
    private var retries = 0
    private var claims = 0
    /// The sum of what they waited, in milliseconds.
    private var waited: Int64 = 0
    private var durations = DurationHistogram()
    private var io = IOAmount.zero
    private var rate = EventRate()

    /// Begins to count.
    public init(since now: Timestamp) {
        since = now
    }

    // MARK: Counting

    /// Counts an attempt that a claim has started, with the record that it handed out.
    public mutating func claimed(_ job: JobRecord, at now: Timestamp) {
        let start = max(job.submittedAt, job.runAfter ?? job.submittedAt)
        claims += 1
        waited = waited.saturatingSum(start.wholeMilliseconds(until: now))
    }

    /// Counts failed attempts that others follow.
    public mutating func retried(_ count: Int = 1) {
        retries += count
    }

    /// Counts jobs that end in a terminal state.
    ///
    /// For `completed`, ``ran(from:to:io:count:)`` belongs to it.
    public mutating func ended(as state: JobState, count: Int = 1, at now: Timestamp) {
        guard state.isTerminal else { return }
        ended[state] += count
        rate.add(count, at: now)
    }

    /// Counts the last attempts of completed jobs, all of which took as long and moved as much.
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

    /// What has been counted, as it is at an instant.
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
    /// The milliseconds to a later instant; 0 if it is none.
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

    /// Reads the stored form; `nil` if it is not one.
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
            let durations = DurationHistogram(from: &reader), reader.isAtEnd
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
    /// In the order in which stores answer: by the bytes of the types' names.
    package func sortedByType() -> [TypeStatistics] {
        sorted { $0.type.rawValue.utf8.lexicographicallyPrecedes($1.type.rawValue.utf8) }
    }
}
