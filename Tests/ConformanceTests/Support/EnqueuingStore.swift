import QueueModel
import QueueStoreKit
import QueueTesting
import Synchronization

@testable import QueueStorage

/// A store in a file whose submissions all go through somebody else's connection and transaction.
final class EnqueuingStore: ForwardingStore {
    let base: any JobStore
    private let outside: Mutex<Outside>

    /// A connection that no store has opened, with a submitter on it.
    private struct Outside {
        let connection: Connection
        let submitter: TransactionalSubmitter

        init(path: String) throws(QueueError) {
            connection = try Connection(path: path, access: .readWrite)
            connection.setBusyTimeout(milliseconds: 5000)
            submitter = try TransactionalSubmitter(on: connection.handle)
        }

        /// Commits whatever a submission says: one that was refused must have left nothing behind.
        func commit<Outcome>(
            _ body: (TransactionalSubmitter) throws(QueueError) -> Outcome
        ) throws(QueueError) -> Outcome {
            try connection.execute("BEGIN IMMEDIATE")
            let outcome: Outcome
            do throws(QueueError) {
                outcome = try body(submitter)
            } catch {
                try connection.execute("COMMIT")
                throw error
            }
            try connection.execute("COMMIT")
            return outcome
        }
    }

    init(path: String) async throws {
        base = try await SQLiteJobStore(at: .file(path))
        outside = Mutex(try Outside(path: path))
    }

    func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        try outside.withLock { (outside) throws(QueueError) in
            try outside.commit { (submitter) throws(QueueError) in try submitter.submit(submission, at: now) }
        }
    }

    func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        try outside.withLock { (outside) throws(QueueError) in
            try outside.commit { (submitter) throws(QueueError) in try submitter.submit(contentsOf: batch, at: now) }
        }
    }

    func close() async {
        outside.withLock { $0.submitter.close() }
        await base.close()
    }
}
