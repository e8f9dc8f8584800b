import QueueModel
import QueueStoreKit
import Testing

@testable import QueueDispatch

@Suite("Lease state") struct LeaseStateTests {
    private var lease = LeaseState()
    private let first = WorkerID(rawValue: 1)
    private let second = WorkerID(rawValue: 2)

    @Test("L4 without a lease there is nothing to renew")
    mutating func none() {
        #expect(lease.id == nil)
        #expect(lease.renewalDue(at: .seconds(99), every: .seconds(10)) == nil)
    }

    @Test("L4 a lease is renewed once per interval")
    mutating func renewal() {
        lease.open(first, renewal: .seconds(10))
        #expect(lease.renewalDue(at: .milliseconds(9999), every: .seconds(10)) == nil)
        #expect(lease.renewalDue(at: .seconds(12), every: .seconds(10)) == first)
        #expect(lease.renewal == .seconds(22))
        #expect(lease.renewalDue(at: .seconds(21), every: .seconds(10)) == nil)
    }

    @Test("L5 a new lease keeps the time of the renewal, and forgets what was left under the old one")
    mutating func replaced() {
        lease.open(first, renewal: .seconds(10))
        lease.leave(JobID(1))
        lease.leave(JobID(2))
        #expect(lease.leftToRecovery == [JobID(1), JobID(2)])
        lease.open(second)
        #expect(lease.id == second)
        #expect(lease.renewal == .seconds(10))
        #expect(lease.leftToRecovery.isEmpty)
    }
}
