import QueueModel
import QueueStoreKit

/// The total IO that running jobs are expected to do.
struct RunningIO {
    private(set) var amount = IOAmount.zero
    private(set) var count = 0

    mutating func add(_ size: IOSize) {
        if size.isNone { return }
        count += 1
        change(by: size.amount, &+)
    }

    mutating func remove(_ size: IOSize) {
        if size.isNone { return }
        count -= 1
        change(by: size.amount, &-)
    }

    private mutating func change(by other: IOAmount, _ operation: (Int64, Int64) -> Int64) {
        amount.diskRead = operation(amount.diskRead, other.diskRead)
        amount.diskWritten = operation(amount.diskWritten, other.diskWritten)
        amount.networkReceived = operation(amount.networkReceived, other.networkReceived)
        amount.networkSent = operation(amount.networkSent, other.networkSent)
    }
}
