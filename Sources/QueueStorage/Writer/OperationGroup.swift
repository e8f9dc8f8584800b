import QueueModel
import QueueStoreKit

/// The operations that share a transaction.
protocol OperationGroup {
    var count: Int { get }

    /// Runs the operation at an index, or several from there on, and keeps their results.
    mutating func run(at index: Int, in context: StoreContext) -> OperationEnd
}

/// How an operation of a group ended within the transaction.
enum OperationEnd {
    /// So many operations have succeeded, and their changes are kept.
    case kept(Int)
    /// The operation has succeeded, and its changes have to be undone.
    case discarded
    /// The operation has thrown.
    case failed(QueueError)
}

/// The operation of a caller that found the writer idle: a group of one, on the caller's stack.
struct LoneOperation<Operation: WriteOperation>: OperationGroup {
    private let operation: Operation
    /// The operation's own result; `nil` until it has run.
    private(set) var result: Result<Operation.Output, QueueError>?

    init(_ operation: Operation) {
        self.operation = operation
    }

    var count: Int { 1 }

    mutating func run(at index: Int, in context: StoreContext) -> OperationEnd {
        do throws(QueueError) {
            switch try operation.run(in: context) {
            case .keep(let output):
                result = .success(output)
                return .kept(1)
            case .discard(let output):
                result = .success(output)
                return .discarded
            }
        } catch {
            result = .failure(error)
            return .failed(error)
        }
    }
}

/// Operations that waited for the writer.
struct QueuedOperations: OperationGroup {
    let items: [any PendingOperation]

    var count: Int { items.count }

    func run(at index: Int, in context: StoreContext) -> OperationEnd {
        items[index].run(with: items[index...], in: context)
    }
}

/// An operation that waits for its turn.
protocol PendingOperation: Sendable {
    var manner: OperationManner { get }

    /// Runs the operation, the first of `group`, or several of the group's first together, and keeps the results.
    func run(with group: ArraySlice<any PendingOperation>, in context: StoreContext) -> OperationEnd

    /// Replaces the result by an error of the whole transaction.
    func fail(with error: QueueError)

    /// Returns the result to the caller.
    func finish()
}

/// An operation with the caller that waits for it.
///
/// It is touched under the queue's lock, and then by the one thread that has the writer.
final class Pending<Operation: WriteOperation>: PendingOperation, @unchecked Sendable {
    private let operation: Operation
    private let caller: UnsafeContinuation<Result<Operation.Output, QueueError>, Never>
    // Unchecked because of this variable alone: it is read and written only by the thread that has the writer.
    private var result: Result<Operation.Output, QueueError>

    init(_ operation: Operation, _ caller: UnsafeContinuation<Result<Operation.Output, QueueError>, Never>) {
        self.operation = operation
        self.caller = caller
        result = .failure(QueueError(.closed, "the store is closed"))
    }

    var manner: OperationManner { operation.manner }

    func run(with group: ArraySlice<any PendingOperation>, in context: StoreContext) -> OperationEnd {
        do throws(QueueError) {
            if Operation.togetherCount > 1, let count = try runTogether(with: group, in: context) {
                return .kept(count)
            }
            switch try operation.run(in: context) {
            case .keep(let output):
                result = .success(output)
                return .kept(1)
            case .discard(let output):
                result = .success(output)
                return .discarded
            }
        } catch {
            result = .failure(error)
            return .failed(error)
        }
    }

    /// Runs the first of a group together; `nil` if they are not all of this kind, or can't be run together.
    private func runTogether(
        with group: ArraySlice<any PendingOperation>, in context: StoreContext
    ) throws(QueueError) -> Int? {
        guard group.count >= Operation.togetherCount else { return nil }
        var items: [Pending<Operation>] = []
        items.reserveCapacity(Operation.togetherCount)
        for item in group.prefix(Operation.togetherCount) {
            guard let item = item as? Pending<Operation> else { return nil }
            items.append(item)
        }
        guard let outputs = try Operation.runTogether(items.map(\.operation), in: context) else { return nil }
        for (item, output) in zip(items, outputs) { item.result = .success(output) }
        return items.count
    }

    func fail(with error: QueueError) {
        result = .failure(error)
    }

    func finish() {
        caller.resume(returning: result)
    }
}
