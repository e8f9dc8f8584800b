public import QueueModel

/// What a store tells those who observe it.
///
/// Signals come after the commit of what they tell of. They are hints: one may come for nothing, but none is left out, except
/// for what another process did, which may take until the observer's next look.
public enum StoreSignal: Sendable, Hashable {
    /// There may be jobs to claim that were not there before, or jobs that become due earlier than any that were; the most urgent
    /// of them has at best this priority.
    case work(Priority)
    /// Running jobs were asked to stop, or taken from their worker; whoever runs one should cancel it.
    case stop([JobID])
    /// A schedule was registered, changed or resumed: one may be due earlier than any that were.
    case schedules
    /// A hold was laid or lifted.
    case pauses
}

/// Ends an observation when it is cancelled or released.
public final class StoreObservation: Sendable {
    private let end: @Sendable () -> Void

    /// Makes an observation that `end` takes away; it is called at least once, and must bear to be called again.
    public init(end: @escaping @Sendable () -> Void) {
        self.end = end
    }

    /// Ends the observation.
    ///
    /// Signals that are under way may still come.
    public func cancel() {
        end()
    }

    deinit {
        end()
    }
}
