public import QueueModel
public import QueueStoreKit

/// The depth of a queue as a share of a capacity: 0 when it is empty, 1 at its capacity.
///
///     configuration.pressure = [.queueDepth(of: store, capacity: 10_000)]
///
/// With the queue's own store, only the urgent jobs of a long backlog start. With another store, or a number of your
/// own, producers are held back while a consumer lags.
public struct QueueDepthPressure: PressureSource {
    /// The name under which the source is shown; `queue depth` by default.
    public let name: String
    private let capacity: Int
    private let interval: Duration
    private let read: @Sendable () -> Double?

    /// Creates a source that reads a number.
    ///
    /// - Parameters:
    ///   - capacity: The depth at which the pressure is 1, at least 1.
    ///   - name: The name under which the source is shown.
    ///   - interval: The shortest time between two readings of the depth, 10 ms…60 s; default 1 s.
    ///   - clock: The clock that measures the interval.
    ///   - depth: Returns the number of waiting jobs; a negative number counts as 0. It must not block.
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

    /// Creates a source that counts the pending jobs of a store.
    ///
    /// No caller waits for the count: the first call after the interval is over begins one and gets the previous value,
    /// which is 0 at first. At most one count is under way, however slow the store is. After a count has failed, the
    /// source is not available until one succeeds.
    ///
    /// - Parameters:
    ///   - store: The store whose pending jobs count: the queue's own, or another one. It is retained.
    ///   - capacity: The number of jobs at which the pressure is 1, at least 1.
    ///   - name: The name under which the source is shown.
    ///   - interval: The shortest time between two counts, 10 ms…60 s; default 1 s.
    ///   - clock: The clock that measures the interval.
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

    /// The depth as a share of the capacity; above 1 for a longer queue.
    public func pressure() -> Double { read() ?? 0 }

    /// Whether the depth is known: always for a number of your own; for a store unless the last count failed.
    public var isAvailable: Bool { read() != nil }

    /// Throws ``QueueError/Code/invalidOption`` for a capacity or an interval outside of its range.
    public func validate() throws(QueueError) {
        guard capacity >= 1 else {
            throw QueueError(
                .invalidOption, "the capacity of the pressure source \"\(name)\" is \(capacity), it must be at least 1")
        }
        try Cadence.validate(interval, of: name)
    }
}

extension PressureSource where Self == QueueDepthPressure {
    /// The number of jobs that are pending in a store, as a share of a capacity.
    ///
    /// - Parameters:
    ///   - store: The store whose pending jobs count.
    ///   - capacity: The number of jobs at which the pressure is 1, at least 1.
    ///   - interval: The shortest time between two counts, 10 ms…60 s; default 1 s.
    public static func queueDepth(
        of store: any JobStore, capacity: Int, every interval: Duration = .seconds(1)
    ) -> QueueDepthPressure {
        QueueDepthPressure(of: store, capacity: capacity, interval: interval)
    }

    /// The depth that a closure returns, as a share of a capacity.
    ///
    /// - Parameters:
    ///   - capacity: The depth at which the pressure is 1, at least 1.
    ///   - interval: The shortest time between two readings of the depth, 10 ms…60 s; default 1 s.
    ///   - depth: Returns the number of waiting jobs. It must not block.
    public static func queueDepth(
        capacity: Int, every interval: Duration = .seconds(1), depth: @escaping @Sendable () -> Int
    ) -> QueueDepthPressure {
        QueueDepthPressure(capacity: capacity, interval: interval, depth: depth)
    }
}

/// Reads a depth.
private struct DepthProbe: PressureProbe {
    let capacity: Int
    let depth: @Sendable () -> Int

    func measure(at now: Duration) -> Double? {
        Self.pressure(of: depth(), capacity: capacity)
    }

    /// Returns the share; a capacity below 1, which a queue refuses, counts as 1.
    static func pressure(of depth: Int, capacity: Int) -> Double {
        Double(max(depth, 0)) / Double(max(capacity, 1))
    }
}
