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
