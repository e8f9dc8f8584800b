/// What a store knows of a worker that holds a lease.
public struct WorkerStatus: Hashable, Sendable, Codable {
    /// The worker.
    public var id: WorkerID
    /// The system's number of its process; `nil` where a store is not shared by processes.
    public var process: Int64?
    /// When it was taken in.
    public var openedAt: Timestamp
    /// When it last renewed its lease, or was taken in.
    public var renewedAt: Timestamp
    /// How long the lease lasts after each renewal.
    public var lease: Duration
    /// How many jobs run under it.
    public var running: Int

    /// Makes a standing.
    public init(
        id: WorkerID, process: Int64? = nil, openedAt: Timestamp, renewedAt: Timestamp, lease: Duration, running: Int
    ) {
        self.id = id
        self.process = process
        self.openedAt = openedAt
        self.renewedAt = renewedAt
        self.lease = lease
        self.running = running
    }

    /// When the lease runs out, if it is not renewed: from then on others may take the jobs back.
    ///
    /// That is, if the host does not sleep meanwhile and nobody sets its clock: leases are judged by the host's uptime.
    public var leaseEnd: Timestamp { renewedAt.advanced(by: lease) }
}
