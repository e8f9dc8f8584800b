import QueueModel
import Synchronization

/// The bytes that a running attempt has moved, added up by its code and read at its end.
///
/// A report is one relaxed addition per axis: the sum is read after the code has returned, and orders nothing else.
/// (Sums that only the first reporting thread writes, which need no atomic addition, cost more: 8.5 ns per report
/// instead of 3.8.)
struct IOCell: ~Copyable, Sendable {
    private let diskRead = Atomic<Int64>(0)
    private let diskWritten = Atomic<Int64>(0)
    private let networkReceived = Atomic<Int64>(0)
    private let networkSent = Atomic<Int64>(0)

    /// Adds an amount; negative values count as zero.
    func add(_ amount: IOAmount) {
        if amount.diskRead > 0 { diskRead.wrappingAdd(amount.diskRead, ordering: .relaxed) }
        if amount.diskWritten > 0 { diskWritten.wrappingAdd(amount.diskWritten, ordering: .relaxed) }
        if amount.networkReceived > 0 { networkReceived.wrappingAdd(amount.networkReceived, ordering: .relaxed) }
        if amount.networkSent > 0 { networkSent.wrappingAdd(amount.networkSent, ordering: .relaxed) }
    }

    /// Resets the sums to zero.
    func reset() {
        diskRead.store(0, ordering: .relaxed)
        diskWritten.store(0, ordering: .relaxed)
        networkReceived.store(0, ordering: .relaxed)
        networkSent.store(0, ordering: .relaxed)
    }

    /// The sums; one that has overflowed is the largest value.
    var amount: IOAmount {
        func sum(_ axis: borrowing Atomic<Int64>) -> Int64 {
            let sum = axis.load(ordering: .relaxed)
            return sum < 0 ? .max : sum
        }
        return IOAmount(
            diskRead: sum(diskRead), diskWritten: sum(diskWritten), networkReceived: sum(networkReceived),
            networkSent: sum(networkSent))
    }
}
