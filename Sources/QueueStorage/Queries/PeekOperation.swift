import QueueModel
import QueueStoreKit

/// A look at what would run next; a value because in memory it needs no transaction.
struct PeekOperation: WriteOperation {
    let rules: AdmissionRules
    let worker: WorkerID?
    let now: Timestamp

    func answer(from context: StoreContext) throws(QueueError) -> Written<JobRecord?>? {
        try Explaining(context).mayLook(at: now) ? try Explaining(context).peek(rules, worker: worker, at: now) : nil
    }

    func run(in context: StoreContext) throws(QueueError) -> Written<JobRecord?> {
        try Explaining(context).peek(rules, worker: worker, at: now)
    }
}
