import QueueModel
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The bytes that a running attempt has moved, added up by its code and read at its end.
///
/// Executors report each buffer that they move, mostly from one thread at a time; a locked addition would be most of what that costs. So the
/// first thread that reports has sums of its own, which only it writes and which therefore need no locked addition; all other
/// threads share the others. A task that goes on on another thread merely changes sums. What is read after the code has returned is the
/// total, and nothing else is ordered by it.
struct IOCell: ~Copyable, Sendable {
    private let owner = Atomic<UInt>(0)
    private let own = IOSums()
    private let shared = IOSums()

    /// Adds an amount.
    func add(_ amount: IOAmount) {
        // A thread's handle has the size of a pointer on every platform, under another type on each; none is zero.
        let thread = unsafeBitCast(pthread_self(), to: UInt.self)
        var owner = owner.load(ordering: .relaxed)
        if owner == 0 {
            let claim = self.owner.compareExchange(expected: 0, desired: thread, ordering: .relaxed)
            owner = claim.exchanged ? thread : claim.original
        }
        if owner == thread {
            own.addAlone(amount)
        } else {
            shared.add(amount)
        }
    }

    /// Begins at nothing again, while nobody reports.
    func reset() {
        own.reset()
        shared.reset()
    }

    /// The total.
    var amount: IOAmount {
        let (own, shared) = (own.amount, shared.amount)
        return IOAmount(
            diskRead: own.diskRead &+ shared.diskRead, diskWritten: own.diskWritten &+ shared.diskWritten,
            networkReceived: own.networkReceived &+ shared.networkReceived,
            networkSent: own.networkSent &+ shared.networkSent)
    }
}

/// A sum for each axis.
struct IOSums: ~Copyable, Sendable {
    private let diskRead = Atomic<Int64>(0)
    private let diskWritten = Atomic<Int64>(0)
    private let networkReceived = Atomic<Int64>(0)
    private let networkSent = Atomic<Int64>(0)

    /// Adds an amount, whoever else does.
    func add(_ amount: IOAmount) {
        if amount.diskRead != 0 { diskRead.wrappingAdd(amount.diskRead, ordering: .relaxed) }
        if amount.diskWritten != 0 { diskWritten.wrappingAdd(amount.diskWritten, ordering: .relaxed) }
        if amount.networkReceived != 0 { networkReceived.wrappingAdd(amount.networkReceived, ordering: .relaxed) }
        if amount.networkSent != 0 { networkSent.wrappingAdd(amount.networkSent, ordering: .relaxed) }
    }

    /// Adds an amount, while nobody else does; others may read.
    func addAlone(_ amount: IOAmount) {
        if amount.diskRead != 0 { Self.raise(diskRead, by: amount.diskRead) }
        if amount.diskWritten != 0 { Self.raise(diskWritten, by: amount.diskWritten) }
        if amount.networkReceived != 0 { Self.raise(networkReceived, by: amount.networkReceived) }
        if amount.networkSent != 0 { Self.raise(networkSent, by: amount.networkSent) }
    }

    private static func raise(_ sum: borrowing Atomic<Int64>, by amount: Int64) {
        sum.store(sum.load(ordering: .relaxed) &+ amount, ordering: .relaxed)
    }

    func reset() {
        diskRead.store(0, ordering: .relaxed)
        diskWritten.store(0, ordering: .relaxed)
        networkReceived.store(0, ordering: .relaxed)
        networkSent.store(0, ordering: .relaxed)
    }

    var amount: IOAmount {
        IOAmount(
            diskRead: diskRead.load(ordering: .relaxed), diskWritten: diskWritten.load(ordering: .relaxed),
            networkReceived: networkReceived.load(ordering: .relaxed), networkSent: networkSent.load(ordering: .relaxed)
        )
    }
}
