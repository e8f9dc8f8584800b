public import QueueDispatch
import QueueStoreKit
import Synchronization

extension JobQueue {
    /// Runs as ``JobQueue/run()`` does, until the process receives a signal: one call for programs.
    ///
    /// The first signal shuts the queue down gracefully: nothing more is claimed, and running jobs may continue for
    /// ``QueueConfiguration/shutdownTimeLimit``. A second one asks them to stop at once. The signals don't have their
    /// usual effect until the call returns. A signal that the process ignores, as under `nohup`, stays ignored. Several
    /// queues of a process may run this way at once: a signal stops all of them.
    ///
    /// - Parameters:
    ///   - untilIdle: Whether to return also when nothing is left to do, as ``JobQueue/runUntilIdle()`` does; default
    ///     `false`.
    ///   - signals: The signals that end the run; default: SIGINT and SIGTERM.
    /// - Returns: The signal that ended the run, or `nil` if it ended otherwise.
    @discardableResult
    public func runUntilSignal(
        untilIdle: Bool = false, _ signals: [JobQueue.StopSignal] = [.interrupt, .terminate]
    ) async throws -> JobQueue.StopSignal? {
        let received = Received()
        let listener = SignalHub.add(Set(signals)) { [weak self] signal in
            self?.shutdown(within: received.note(signal) ? nil : .zero)
        }
        defer { SignalHub.remove(listener) }
        try await run(untilIdle: untilIdle) {
            // A signal may have come before there was something to shut down.
            if received.first != nil { shutdown() }
        }
        return received.first
    }
}

/// The first signal that was received.
private final class Received: Sendable {
    private let state = Mutex<JobQueue.StopSignal?>(nil)

    var first: JobQueue.StopSignal? { state.withLock { $0 } }

    /// Records a signal; returns whether it is the first.
    func note(_ signal: JobQueue.StopSignal) -> Bool {
        state.withLock { first in
            guard first == nil else { return false }
            first = signal
            return true
        }
    }
}
