import QueueModel
import QueueStoreKit

/// The lease under which a worker claims, and what it leaves behind.
///
/// | State | Event | State |
/// |---|---|---|
/// | none | `open` | held, to be renewed after an interval |
/// | held | `renewalDue` at its instant | held, to be renewed after another interval |
/// | held | `leave` | held, with a job that runs for the store alone |
/// | held | `open` | a new one; what was left under the old one is forgotten |
struct LeaseState: Hashable, Sendable {
    /// The lease; `nil` before the first.
    private(set) var id: WorkerID?
    /// When it is renewed next; `nil` before the first.
    private(set) var renewal: Duration?
    /// Jobs whose ends cannot be stored: for the store they run until the lease ends.
    private(set) var leftToRecovery: Set<JobID> = []

    /// Notes a new lease.
    ///
    /// - Parameter renewal: When it is renewed first; `nil`: when the one before it would have been.
    mutating func open(_ id: WorkerID, renewal: Duration? = nil) {
        self.id = id
        self.renewal = renewal ?? self.renewal
        leftToRecovery = []
    }

    /// Returns the lease to renew, if it is time.
    mutating func renewalDue(at now: Duration, every interval: Duration) -> WorkerID? {
        guard let id, let renewal, renewal <= now else { return nil }
        self.renewal = now + interval
        return id
    }

    /// Notes that the end of a job cannot be stored.
    mutating func leave(_ job: JobID) {
        leftToRecovery.insert(job)
    }
}
