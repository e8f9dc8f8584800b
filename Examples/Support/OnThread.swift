import Dispatch
import Synchronization

/// Runs blocking code on a thread of its own kind, so that it does not hold one of Swift's cooperative threads.
///
/// The code is told when the task is cancelled.
public func onThread<Result: Sendable>(
    _ body: @escaping @Sendable (_ isCancelled: () -> Bool) throws -> Result
) async throws -> Result {
    let flag = Flag()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async {
                continuation.resume(with: Swift.Result { try body { flag.isSet } })
            }
        }
    } onCancel: {
        flag.set()
    }
}

/// As ``onThread(_:)``, for code that is over soon.
public func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await onThread { _ in try body() }
}

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
}
