import QueueModel

/// An operation that the writer runs in a transaction.
///
/// Calls on the hot path are values of their own, so that a caller that finds the writer idle allocates nothing; all
/// others are closures (``ClosureOperation``).
protocol WriteOperation: Sendable {
    associatedtype Output: Sendable

    /// The thread it needs, and what it needs besides a transaction.
    var manner: OperationManner { get }

    /// Returns the result if it is known without a transaction, or `nil`.
    ///
    /// Called only for a caller that finds the writer idle. Must write nothing.
    func answer(from context: StoreContext) throws(QueueError) -> Written<Output>?

    /// Runs the operation.
    ///
    /// Its changes are undone if it throws. It is called again if the transaction failed as a whole.
    func run(in context: StoreContext) throws(QueueError) -> Written<Output>

    /// The number of operations that ``runTogether(_:in:)`` takes; 1 if each has to run by itself.
    static var togetherCount: Int { get }

    /// Runs ``togetherCount`` operations that follow one another, and returns their results in order.
    ///
    /// Returns `nil`, with nothing changed, if they can't be run together.
    static func runTogether(_ operations: [Self], in context: StoreContext) throws(QueueError) -> [Output]?
}

extension WriteOperation {
    var manner: OperationManner { .quick }

    func answer(from context: StoreContext) throws(QueueError) -> Written<Output>? { nil }

    static var togetherCount: Int { 1 }

    static func runTogether(_ operations: [Self], in context: StoreContext) throws(QueueError) -> [Output]? { nil }
}

/// The result of an operation, and whether its changes are kept.
enum Written<Output: Sendable>: Sendable {
    /// The changes belong to the transaction.
    case keep(Output)
    /// The operation only looked: what it changed to find its result is undone.
    case discard(Output)

    var output: Output {
        switch self {
        case .keep(let output), .discard(let output): output
        }
    }
}

/// The thread that an operation runs on, and what it needs besides a transaction.
enum OperationManner {
    /// Runs on the thread that has the writer.
    case quick
    /// Runs on the store's own thread, because it may take long.
    case long
    /// Runs on the store's own thread, and the disk is synced after the commit.
    case synced
    /// Runs on the store's own thread, with nobody writing, and outside of a transaction.
    case bare
}

/// A call that is not on the hot path, as a closure.
struct ClosureOperation<Output: Sendable>: WriteOperation {
    let manner: OperationManner
    let body: @Sendable (StoreContext) throws(QueueError) -> Written<Output>

    func run(in context: StoreContext) throws(QueueError) -> Written<Output> { try body(context) }
}
