import Dispatch
import Foundation
public import QueueDispatch
import Synchronization

/// A signal by which the system or a person asks a program to end.
public struct StopSignal: Hashable, Sendable {
    let number: Int32

    /// SIGINT: Control-C in a terminal.
    public static let interrupt = StopSignal(number: SIGINT)
    /// SIGTERM: what service managers and `kill` send.
    public static let terminate = StopSignal(number: SIGTERM)
}

extension JobQueue {
    /// Runs as ``JobQueue/run()`` does, until the process is sent a signal: one call for programs.
    ///
    /// The first signal shuts the queue down gracefully: nothing more is claimed, running jobs may go on for
    /// ``QueueConfiguration/shutdownTimeLimit``. A second one asks them to stop at once. Until the call returns, the
    /// signals don't have their usual effect; then they have it again.
    ///
    /// - Parameters:
    ///   - untilIdle: Whether to return as well when nothing is left to do, as ``JobQueue/runUntilIdle()`` does.
    ///   - signals: What to listen for; default: SIGINT and SIGTERM.
    /// - Returns: The signal that ended the run, or `nil` if it ended otherwise.
    @discardableResult
    public func runUntilSignal(
        untilIdle: Bool = false, _ signals: [StopSignal] = [.interrupt, .terminate]
    ) async throws -> StopSignal? {
        let received = Received()
        var listeners: [Listener] = []
        defer { for listener in listeners { listener.end() } }
        for stop in signals {
            listeners.append(
                await Listener(to: stop) { [weak self] in
                    self?.shutdown(within: received.note(stop) ? nil : .zero)
                })
        }
        try await run(untilIdle: untilIdle) {
            // One that came before there was something to shut down.
            if received.first != nil { shutdown() }
        }
        return received.first
    }
}

/// The first signal that came.
private final class Received: Sendable {
    private let state = Mutex<StopSignal?>(nil)

    var first: StopSignal? { state.withLock { $0 } }

    /// Notes a signal; returns whether it is the first.
    func note(_ signal: StopSignal) -> Bool {
        state.withLock { first in
            guard first == nil else { return false }
            first = signal
            return true
        }
    }
}

/// Takes a signal from its usual effect to a closure, until it is ended.
private struct Listener {
    private let stop: StopSignal
    private let source: any DispatchSourceSignal
    private let former: (@convention(c) (Int32) -> Void)?

    /// Returns once the signal is listened for.
    init(to stop: StopSignal, _ body: @escaping @Sendable () -> Void) async {
        self.stop = stop
        // A dispatch source only looks on; the usual effect has to be taken away first.
        former = signal(stop.number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: stop.number, queue: .global())
        source.setEventHandler(handler: body)
        await withCheckedContinuation { continuation in
            // A signal that comes before the source is registered would be lost.
            source.setRegistrationHandler { continuation.resume() }
            source.resume()
        }
        self.source = source
    }

    func end() {
        source.cancel()
        _ = signal(stop.number, former)
    }
}
