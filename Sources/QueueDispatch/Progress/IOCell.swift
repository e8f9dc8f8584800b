import QueueModel
import Synchronization

/// The bytes that a running attempt has moved, added up by its code and read at its end.
///
/// A report is one relaxed addition for each axis that it names: what is read after the code has returned is the sum, and nothing else
/// is ordered by it. (Sums that only the first thread to report writes, which need no locked addition, cost more: 8.5 ns a report against 3.8.)
struct IOCell: ~Copyable, Sendable {
    private let diskRead = Atomic<Int64>(0)
    private let diskWritten = Atomic<Int64>(0)
    private let networkReceived = Atomic<Int64>(0)
    private let networkSent = Atomic<Int64>(0)

    /// Adds an amount; what is below zero counts as nothing.
    func add(_ amount: IOAmount) {
        if amount.diskRead > 0 { diskRead.wrappingAdd(amount.diskRead, ordering: .relaxed) }
        if amount.diskWritten > 0 { diskWritten.wrappingAdd(amount.diskWritten, ordering: .relaxed) }
        if amount.networkReceived > 0 { networkReceived.wrappingAdd(amount.networkReceived, ordering: .relaxed) }
        if amount.networkSent > 0 { networkSent.wrappingAdd(amount.networkSent, ordering: .relaxed) }
    }

    /// Begins at nothing again.
    func reset() {
        diskRead.store(0, ordering: .relaxed)
        diskWritten.store(0, ordering: .relaxed)
        networkReceived.store(0, ordering: .relaxed)
        networkSent.store(0, ordering: .relaxed)
    }

    /// The sum; one that can't be counted is as much as can be.
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
