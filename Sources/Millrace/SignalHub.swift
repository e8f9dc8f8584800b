import Dispatch
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Passes signals that the process receives on to listeners.
///
/// A signal's action belongs to the whole process, so all listeners share one: it is taken over for the first and given
/// back after the last. The handler only writes the signal's number into a pipe, which is all that a handler may do;
/// listeners are called from a queue. (Dispatch's signal sources only observe: the action would still have to be set,
/// shared and restored.)
enum SignalHub {
    /// A registration of a listener.
    struct Listener: Sendable {
        fileprivate let id: Int
    }

    private struct State {
        var listeners: [Int: (signals: Set<JobQueue.StopSignal>, body: @Sendable (JobQueue.StopSignal) -> Void)] = [:]
        var lastID = 0
        /// The previous actions of the signals that are taken over now.
        var former: [JobQueue.StopSignal: sigaction] = [:]
    }

    private static let state = Mutex(State())

    /// Calls `body` after each of the signals, until the listener is removed.
    ///
    /// A signal that the process ignores, as its parent wished (`nohup`), stays ignored. Without a pipe (no descriptors
    /// are left) signals keep their usual effect.
    static func add(_ signals: Set<JobQueue.StopSignal>, _ body: @escaping @Sendable (JobQueue.StopSignal) -> Void)
        -> Listener
    {
        let hasPipe = startReading
        return state.withLock { state in
            state.lastID += 1
            state.listeners[state.lastID] = (signals, body)
            if hasPipe { for signal in signals where state.former[signal] == nil { takeOver(signal, &state) } }
            return Listener(id: state.lastID)
        }
    }

    /// Removes a listener; a call that is in progress may still arrive.
    static func remove(_ listener: Listener) {
        state.withLock { state in
            guard let removed = state.listeners.removeValue(forKey: listener.id) else { return }
            for signal in removed.signals where !state.listeners.values.contains(where: { $0.signals.contains(signal) })
            {
                guard var former = state.former.removeValue(forKey: signal) else { continue }
                sigaction(signal.number, &former, nil)
            }
        }
    }

    // MARK: The action

    private static func takeOver(_ signal: JobQueue.StopSignal, _ state: inout State) {
        var former = sigaction()
        guard sigaction(signal.number, nil, &former) == 0, !isIgnored(former) else { return }
        var action = sigaction()
        let handler: @convention(c) (Int32) -> Void = { number in
            // The interrupted code must find errno as it was.
            let error = errno
            var byte = UInt8(truncatingIfNeeded: number)
            _ = write(SignalHub.writeEnd.load(ordering: .relaxed), &byte, 1)
            errno = error
        }
        #if canImport(Darwin)
            action.__sigaction_u.__sa_handler = handler
        #else
            action.__sigaction_handler.sa_handler = handler
        #endif
        action.sa_flags = SA_RESTART
        sigemptyset(&action.sa_mask)
        guard sigaction(signal.number, &action, nil) == 0 else { return }
        state.former[signal] = former
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        #if canImport(Darwin)
            let handler = action.__sigaction_u.__sa_handler
        #else
            let handler = action.__sigaction_handler.sa_handler
        #endif
        // Functions can't be compared, their addresses can.
        return unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    // MARK: The pipe

    /// The end of the pipe that the handler writes to; it is opened before any handler is set.
    private static let writeEnd = Atomic<Int32>(-1)

    /// Whether the pipe exists; it is created on first use, and read from as long as the process lives.
    private static let startReading: Bool = {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return false }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            // A handler must never wait: a signal beyond the pipe's capacity adds no information.
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        writeEnd.store(ends[1], ordering: .relaxed)
        let readEnd = ends[0]
        let source = DispatchSource.makeReadSource(
            fileDescriptor: readEnd, queue: DispatchQueue(label: "millrace.signals"))
        source.setEventHandler {
            // Keeps the source alive, which is never cancelled.
            withExtendedLifetime(source) {
                var byte: UInt8 = 0
                while read(readEnd, &byte, 1) == 1 { report(JobQueue.StopSignal(number: Int32(byte))) }
            }
        }
        source.activate()
        return true
    }()

    private static func report(_ signal: JobQueue.StopSignal) {
        let bodies = state.withLock { state in
            state.listeners.sorted { $0.key < $1.key }.map(\.value).filter { $0.signals.contains(signal) }.map(\.body)
        }
        for body in bodies { body(signal) }
    }
}
