import QueueModel
import QueueStoreKit

/// The pauses of the store, and a version that changes with those in force.
struct StoredPauses {
    private(set) var all: [Pause] = []
    /// The pauses of the past and present, with their times.
    private(set) var log = PauseLog()
    private var inForce: [Pause] = []
    private(set) var version: UInt64 = 0

    mutating func replaceAll(with pauses: [Pause], log: PauseLog) {
        self.log = log
        if pauses == all { return }
        all = pauses
        version &+= 1
    }

    /// Returns the pauses in force at an instant, and their version.
    mutating func inForce(at now: Timestamp) -> (version: UInt64, pauses: [Pause]) {
        let present = all.isEmpty ? [] : all.filter { $0.isInForce(at: now) }
        if present != inForce {
            inForce = present
            version &+= 1
        }
        return (version, present)
    }
}
