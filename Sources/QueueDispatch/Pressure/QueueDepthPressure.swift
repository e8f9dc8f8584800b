public import QueueModel
public import QueueStoreKit

/// How long a queue is, as a share of how long it may get: 0 when it is empty, 1 at its capacity (rule D9).
///
///     configuration.pressure = [.queueDepth(of: store, capacity: 10_000)]
///
/// Over the store of the queue itself it lets the urgent jobs of a long backlog go first and alone; over another's, or any number of
/// your own, it holds back producers while a consumer lags.
public struct QueueDepthPressure: PressureSource {
    /// The name under which it is shown; `queue depth` by default.
    public let name: String
    private let capacity: Int
    private let interval: Duration
    private let read: @Sendable () -> Double?

    /// Makes a source of a number.
    ///
    /// - Parameters:
    ///   - capacity: The depth at which the pressure is 1, at least 1.
    ///   - name: The name under which it is shown.
    ///   - interval: How often the depth is asked for at most, 10 ms…60 s; default 1 s.
    ///   - clock: What the interval is measured on.
    ///   - depth: The number of jobs that wait; what is negative counts as 0. It must not block.
    public init(
        capacity: Int, name: String = "queue depth", interval: Duration = .seconds(1),
        clock: some Clock<Duration> = ContinuousClock(), depth: @escaping @Sendable () -> Int
    ) {
        self.name = name
        self.capacity = capacity
        self.interval = interval
        let gauge = Gauge(DepthProbe(capacity: capacity, depth: depth), every: interval, clock: clock)
        read = { gauge.read() }
    }

    /// Makes a source of the number of jobs that are pending in a store.
    ///
    /// Counting takes the store a moment, for which nobody waits: whoever asks when the interval is over has it begin and
    /// gets the value before, which is 0 at first. One count is under way at a time, however slow the store is. While the
    /// last one failed, the source is not available.
    ///
    /// - Parameters:
    ///   - store: The store whose pending jobs count; that of the queue itself, or another one. It is kept.
    ///   - capacity: The number of jobs at which the pressure is 1, at least 1.
    ///   - name: The name under which it is shown.
    ///   - interval: How often they are counted at most, 10 ms…60 s; default 1 s.
    ///   - clock: What the interval is measured on.
    public init(
        of store: any JobStore, capacity: Int, name: String = "queue depth", interval: Duration = .seconds(1),
        clock: some Clock<Duration> = ContinuousClock()
    ) {
        let counter = PendingCounter(every: interval, clock: clock) { try await store.counts()[.pending] }
        self.init(counter, capacity: capacity, name: name, interval: interval)
    }

    init(_ counter: PendingCounter, capacity: Int, name: String, interval: Duration) {
        self.name = name
        self.capacity = capacity
        self.interval = interval
        read = { counter.read().map { DepthProbe.pressure(of: $0, capacity: capacity) } }
    }

    /// The share of the capacity; above 1 for what is longer.
    public func pressure() -> Double { read() ?? 0 }

    /// Whether the depth is known: always for a number of your own, for a store unless it could not count.
    public var isAvailable: Bool { read() != nil }

    /// Throws for a capacity or an interval outside of its range.
    public func validate() throws(QueueError) {
        guard capacity >= 1 else {
            throw QueueError(
                .invalidOption, "the capacity of the pressure source \"\(name)\" is \(capacity), it must be at least 1")
        }
        try Cadence.validate(interval, of: name)
    }
}

extension PressureSource where Self == QueueDepthPressure {
    /// How long a queue is: the number of jobs that are pending in a store, as a share of a capacity.
    ///
    /// - Parameters:
    ///   - store: The store whose pending jobs count.
    ///   - capacity: The number of jobs at which the pressure is 1, at least 1.
    ///   - interval: How often they are counted at most, 10 ms…60 s; default 1 s.
    public static func queueDepth(
        of store: any JobStore, capacity: Int, every interval: Duration = .seconds(1)
    ) -> QueueDepthPressure {
        QueueDepthPressure(of: store, capacity: capacity, interval: interval)
    }

    /// How long a queue is: a number of your own, as a share of a capacity.
    ///
    /// - Parameters:
    ///   - capacity: The depth at which the pressure is 1, at least 1.
    ///   - interval: How often the depth is asked for at most, 10 ms…60 s; default 1 s.
    ///   - depth: The number of jobs that wait. It must not block.
    public static func queueDepth(
        capacity: Int, every interval: Duration = .seconds(1), depth: @escaping @Sendable () -> Int
    ) -> QueueDepthPressure {
        QueueDepthPressure(capacity: capacity, interval: interval, depth: depth)
    }
}

/// Asks for a depth.
private struct DepthProbe: PressureProbe {
    let capacity: Int
    let depth: @Sendable () -> Int

    func measure(at now: Duration) -> Double? {
        Self.pressure(of: depth(), capacity: capacity)
    }

    /// A capacity below 1 is refused when the queue is made; who never makes one must not divide by it either.
    static func pressure(of depth: Int, capacity: Int) -> Double {
        Double(max(depth, 0)) / Double(max(capacity, 1))
    }
}
