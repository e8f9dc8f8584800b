import QueueModel
import QueueStoreKit

/// The holds that lie on the store, and a number that tells whether those in force are the same as before.
struct StoredPauses {
    private(set) var all: [Pause] = []
    /// For how long what was held, up to now.
    private(set) var log = PauseLog()
    private var inForce: [Pause] = []
    private(set) var version: UInt64 = 0

    mutating func replaceAll(with pauses: [Pause], log: PauseLog) {
        self.log = log
        if pauses == all { return }
        all = pauses
        version &+= 1
    }

    /// The holds in force at an instant, with their number.
    mutating func inForce(at now: Timestamp) -> (version: UInt64, pauses: [Pause]) {
        let present = all.isEmpty ? [] : all.filter { $0.isInForce(at: now) }
        if present != inForce {
            inForce = present
            version &+= 1
        }
        return (version, present)
    }
}
