import QueueModel
import QueueStoreKit

/// A submission.
struct SubmitOperation: WriteOperation {
    let submission: JobSubmission
    let now: Timestamp

    func answer(from context: StoreContext) throws(QueueError) -> Written<SubmitOutcome>? {
        try Submitting(context).duplicate(of: submission).map { .keep($0) }
    }

    func run(in context: StoreContext) throws(QueueError) -> Written<SubmitOutcome> {
        .keep(try Submitting(context).submit(submission, at: now))
    }

    static var togetherCount: Int { SQL.insertWidth }

    /// Stores plain submissions of one instant by one statement.
    static func runTogether(
        _ operations: [SubmitOperation], in context: StoreContext
    ) throws(QueueError) -> [SubmitOutcome]? {
        let now = operations[0].now
        guard operations.allSatisfy({ $0.now == now }),
            let first = try JobInserter(context).insertRun(operations.map(\.submission)[...], at: now)
        else { return nil }
        return (first..<first + Int64(operations.count)).map { .inserted(JobID($0)) }
    }
}

/// A batch of submissions.
struct SubmitBatchOperation: WriteOperation {
    let batch: [JobSubmission]
    let now: Timestamp

    func run(in context: StoreContext) throws(QueueError) -> Written<[SubmitOutcome]> {
        .keep(try Submitting(context).submit(contentsOf: batch, at: now))
    }
}
