import QueueModel
import QueueStoreKit

/// A process's handle of the store.
///
/// It is disconnected when the process dies, fails when a fault is due, and reports acknowledgements to the witness.
final class SimulatedStore: ForwardingStore {
    let base: any JobStore
    let faults: FaultyStore
    private let process: SimulatedProcess
    private let witness: Witness

    init(_ store: any JobStore, process: SimulatedProcess, witness: Witness) {
        self.process = process
        self.witness = witness
        faults = FaultyStore(AuditedStore(store, process: process, witness: witness), gate: process)
        base = faults
    }

    func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        let outcome = try await base.submit(submission, at: now)
        witness.acknowledge([outcome], to: process)
        return outcome
    }

    func submit(contentsOf batch: [JobSubmission], at now: Timestamp) async throws(QueueError) -> [SubmitOutcome] {
        let outcomes = try await base.submit(contentsOf: batch, at: now)
        witness.acknowledge(outcomes, to: process)
        return outcomes
    }

    func openWorker(lease: Duration, at now: HostTime) async throws(QueueError) -> WorkerID {
        let worker = try await base.openWorker(lease: lease, at: now)
        process.lease = worker
        return worker
    }

    func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        base.observe { [process] signal in
            if !process.isDisconnected { body(signal) }
        }
    }

    /// Does nothing: the store belongs to the simulation, and other processes use it.
    func close() async {}
}
