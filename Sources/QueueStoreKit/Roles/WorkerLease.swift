public import QueueModel

/// What a worker learns when it renews its lease.
public struct LeaseRenewal: Hashable, Sendable {
    /// Whether the lease still held.
    ///
    /// If not, the worker's jobs may be others' now: it has to stop them and open a new lease.
    public var isHeld: Bool
    /// Those of the worker's jobs that somebody asked to stop.
    public var cancelRequested: [JobID]

    /// Makes a renewal.
    public init(isHeld: Bool, cancelRequested: [JobID] = []) {
        self.isHeld = isHeld
        self.cancelRequested = cancelRequested
    }
}

/// An instant as a host sees it: the date, and how long it has been awake.
///
/// Leases are judged by the second. A host that slept is not a dead worker: after an hour of sleep the date is an hour further, and a worker
/// that renews its lease every ten seconds has not missed one renewal. Nor does a lease end because somebody sets the clock.
public struct HostTime: Hashable, Sendable {
    /// The date.
    public var date: Timestamp
    /// How long the host has been awake since some fixed instant of its present run.
    ///
    /// All processes of one run of the host mean the same; what another host says, or the same one before it was started anew, can't be compared.
    public var uptime: Duration

    /// Makes an instant.
    ///
    /// - Parameters:
    ///   - date: The date.
    ///   - uptime: How long the host has been awake; default: the time since 1970, so that the host never sleeps and nobody sets its clock.
    public init(_ date: Timestamp, uptime: Duration? = nil) {
        self.date = date
        self.uptime = uptime ?? .milliseconds(date.milliseconds)
    }
}

extension HostTime: Codable {
    private enum CodingKeys: CodingKey { case date, uptime }

    /// Reads the date, and the uptime in whole milliseconds.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        date = try values.decode(Timestamp.self, forKey: .date)
        uptime = .milliseconds(try values.decode(Int64.self, forKey: .uptime))
    }

    /// Writes the date, and the uptime in whole milliseconds.
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
