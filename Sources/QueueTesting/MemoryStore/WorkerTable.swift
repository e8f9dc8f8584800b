import QueueModel
import QueueStoreKit

/// The workers that hold a lease, and how the slots of each were shared.
struct WorkerTable: Sendable {
    private(set) var leases: [WorkerID: Lease] = [:]
    /// How the slots of each worker with fair share were divided.
    private(set) var shares: [WorkerID: FairShare<String?>] = [:]
    private var lastID: Int64 = 0

    struct Lease: Sendable {
        var openedAt: Timestamp
        var renewedAt: HostTime
        var duration: Duration
        /// How the worker died, if it is known to be dead.
        var death: Death?

        enum Death: Sendable { case crash, hostWentDown }

        /// Whether the worker is dead.
        func isDead(at now: HostTime) -> Bool {
            death != nil || now.uptime - renewedAt.uptime > duration
        }
    }

    func contains(_ worker: WorkerID) -> Bool { leases[worker] != nil }

    /// All leases, ordered by worker.
    var all: [(key: WorkerID, value: Lease)] { leases.sorted { $0.key.rawValue < $1.key.rawValue } }

    /// Returns the leases of dead workers, ordered by worker.
    func dead(at now: HostTime) -> [(key: WorkerID, value: Lease)] { all.filter { $0.value.isDead(at: now) } }

    mutating func open(lease: Duration, at now: HostTime) -> WorkerID {
        lastID += 1
        let id = WorkerID(rawValue: lastID)
        leases[id] = Lease(openedAt: now.date, renewedAt: now, duration: lease)
        return id
    }

    /// Renews a lease, if the worker still holds it.
    ///
    /// A lease is held until its jobs are recovered, even if it ran out before.
    mutating func renew(_ worker: WorkerID, at now: HostTime) -> Bool {
        guard contains(worker) else { return false }
        leases[worker]?.renewedAt = now
        return true
    }

    mutating func close(_ worker: WorkerID) {
        leases[worker] = nil
        shares[worker] = nil
    }

    /// Declares a worker dead.
    mutating func crash(_ worker: WorkerID, _ death: Lease.Death) {
        leases[worker]?.death = death
    }

    /// Stores how a claim left the shares of a worker's slots.
    mutating func setShares(_ share: FairShare<String?>?, of worker: WorkerID) {
        shares[worker] = share
    }

    /// Frees the slot of a job that has stopped running.
    mutating func jobStopped(_ record: JobRecord, at now: Timestamp) {
        guard let worker = record.worker else { return }
        shares[worker]?.advance(to: now)
        shares[worker]?.stop(record.group)
    }
}
