public import QueueModel

/// A signal from a store to its observers.
///
/// Signals follow the commit of the change. They are hints: a signal may come without a reason, but none is omitted,
/// except for changes by another process, which may take until the observer's next look.
public enum StoreSignal: Sendable, Hashable {
    /// New jobs may be ready to be claimed, or become due earlier than before; the most urgent of them has at best
    /// this priority.
    case work(Priority)
    /// Running jobs were asked to stop, or taken from their worker; the worker that runs one should cancel it.
    case stop([JobID])
    /// A schedule was registered, changed or resumed; an occurrence may be due earlier than before.
    case schedules
    /// A pause was added or lifted.
    case pauses
}

/// An observation of a store, which ends when it is cancelled or released.
public final class StoreObservation: Sendable {
    private let end: @Sendable () -> Void

    /// Creates an observation that `end` ends.
    ///
    /// It is called at least once and must be idempotent.
    public init(end: @escaping @Sendable () -> Void) {
        self.end = end
    }

    /// Ends the observation.
    ///
    /// Signals in progress may still arrive.
    public func cancel() {
        end()
    }

    deinit {
        end()
    }
}
