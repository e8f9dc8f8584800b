import QueueModel

/// Something that the writer does in a transaction: a value, so that a caller who finds the writer idle allocates nothing.
protocol WriteOperation: Sendable {
    associatedtype Output: Sendable

    /// Where it runs.
    static var manner: OperationManner { get }

    /// The outcome, where a look tells that nothing has to be written: then there is no transaction. `nil`: that is not known.
    ///
    /// It changes nothing. Asked only by a caller who finds the writer idle.
    func answer(from state: StoreState) throws(QueueError) -> Output?

    /// Does it. What it has done is undone if it throws; it may be called again if the transaction failed as a whole.
    func run(in state: StoreState) throws(QueueError) -> Output
}

extension WriteOperation {
    static var manner: OperationManner { .quick }

    func answer(from state: StoreState) throws(QueueError) -> Output? { nil }
}

/// Where an operation runs, and with what promise.
enum OperationManner {
    /// On the thread of whoever has the writer.
    case quick
    /// On the store's own thread, because it may take long.
    case long
    /// On the store's own thread, with a sync of the disk after its commit.
    case synced
    /// On the store's own thread, with nobody writing, and outside of a transaction.
    case bare
}

/// An operation that waits for its turn.
protocol PendingOperation: Sendable {
    var manner: OperationManner { get }
    /// The submission that it is, if it is one: several are stored together.
    var submission: SubmitOperation? { get }
    /// Keeps the outcome of a submission that was stored together with others.
    func succeed(with outcome: SubmitOutcome)
    /// Runs the operation and keeps its outcome. Returns what went wrong.
    func run(in state: StoreState) -> QueueError?
    /// Drops the outcome for an error.
    func fail(with error: QueueError)
    /// Hands the outcome to the caller.
    func finish()
}

extension PendingOperation {
    var submission: SubmitOperation? { nil }

    func succeed(with outcome: SubmitOutcome) {}
}

/// An operation with the caller that waits for it.
///
/// It is touched by the queue's lock, and then by the one thread that has the writer.
final class Pending<Operation: WriteOperation>: PendingOperation, @unchecked Sendable {
    // Only the thread that has the writer reads and writes the outcome.
    private let operation: Operation
    private let caller: UnsafeContinuation<Result<Operation.Output, QueueError>, Never>
    private var outcome: Result<Operation.Output, QueueError>

    init(_ operation: Operation, _ caller: UnsafeContinuation<Result<Operation.Output, QueueError>, Never>) {
        self.operation = operation
        self.caller = caller
        outcome = .failure(QueueError(.closed, "the store is closed"))
    }

    var manner: OperationManner { Operation.manner }

    var submission: SubmitOperation? { operation as? SubmitOperation }

    func succeed(with outcome: SubmitOutcome) {
        // Only called for a submission, whose output it is.
        if let output = outcome as? Operation.Output { self.outcome = .success(output) }
    }

    func run(in state: StoreState) -> QueueError? {
        do throws(QueueError) {
            outcome = .success(try operation.run(in: state))
            return nil
        } catch {
            outcome = .failure(error)
            return error
        }
    }

    func fail(with error: QueueError) {
        outcome = .failure(error)
    }

    func finish() {
        caller.resume(returning: outcome)
    }
}
