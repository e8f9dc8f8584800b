public import QueueModel

/// The result of renewing a worker's lease.
public struct LeaseRenewal: Hashable, Sendable {
    /// Whether the lease was still held.
    ///
    /// If not, other workers may have the jobs: the worker must stop them and open a new lease.
    public var isHeld: Bool
    /// The worker's jobs that were asked to stop.
    public var cancelRequested: [JobID]

    /// Creates a renewal.
    public init(isHeld: Bool, cancelRequested: [JobID] = []) {
        self.isHeld = isHeld
        self.cancelRequested = cancelRequested
    }
}

/// An instant on a host: the date, and the time for which the host has been awake.
///
/// Leases are judged by the uptime. A host that slept is not a dead worker: after an hour of sleep the date is an
/// hour later, but a worker that renews its lease every ten seconds has not missed a renewal. Setting the clock does
/// not end a lease either.
public struct HostTime: Hashable, Sendable {
    /// The date.
    public var date: Timestamp
    /// The time for which the host has been awake since some fixed instant of its current run.
    ///
    /// It is the same for all processes of one run of a host. Values of other hosts or runs can't be compared.
    public var uptime: Duration

    /// Creates an instant.
    ///
    /// - Parameters:
    ///   - date: The date.
    ///   - uptime: The time for which the host has been awake; default: the time since 1970, as if the host never
    ///     slept and nobody set its clock.
    public init(_ date: Timestamp, uptime: Duration? = nil) {
        self.date = date
        self.uptime = uptime ?? .milliseconds(date.milliseconds)
    }
}

extension HostTime: Codable {
    private enum CodingKeys: CodingKey { case date, uptime }

    /// Decodes the date, and the uptime in whole milliseconds.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        date = try values.decode(Timestamp.self, forKey: .date)
        uptime = .milliseconds(try values.decode(Int64.self, forKey: .uptime))
    }

    /// Encodes the date, and the uptime in whole milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(date, forKey: .date)
        try values.encode(uptime.wholeMilliseconds, forKey: .uptime)
    }
}

extension WallClock {
    /// The date and the uptime.
    package var hostTime: HostTime { HostTime(now(), uptime: uptime()) }
}
