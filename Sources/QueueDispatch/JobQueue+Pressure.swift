public import QueueModel
import QueueStoreKit

extension JobQueue {
    /// What each of ``QueueConfiguration/pressure`` tells now, in the same order; the highest value is the one that counts (rule D9).
    ///
    /// Costs what asking each source costs; the built-in ones measure at most once an interval, in about a tenth of a
    /// millisecond, and tell what they know otherwise.
    public func pressure() -> [PressureReading] {
        core.rules.pressure()
    }
}
