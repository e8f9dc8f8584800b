import CProcess
import Dispatch
import QueueDispatch
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// One run of a program, from before its start until it has been reaped.
///
/// A dedicated thread waits for what the system reports about the program, and passes it to one queue. (Dispatch
/// sources would not need the thread, but on Linux the process was once seen to crash in their event loop; the cause
/// was not found.) The process is reaped at the very end and nowhere else. Until then, its id, which is also that of
/// its group, cannot be reused, so signals reach only this program.
final class RunningProgram: Sendable {
    private typealias Continuation = CheckedContinuation<ProgramResult, any Error>

    private struct State {
        var phase = Phase.new
        /// Whether the program was asked to stop before it had ended.
        var isStopped = false
        var isKilled = false
        var graceTimer: Task<Void, Never>?
        var streams: [StreamName: Stream] = [:]
        var continuation: Continuation?
    }

    private enum Phase {
        case new
        case running(pid_t)
        /// The process has ended, but processes that it started in its group may still run.
        case ended(pid_t)
        case reaped

        /// The group to which signals may be sent.
        var group: pid_t? {
            switch self {
            case .running(let pid), .ended(let pid): pid
            case .new, .reaped: nil
            }
        }
    }

    private enum StreamName { case output, errors }

    /// The reading end of a pipe, and what has been read from it.
    private struct Stream {
        let descriptor: Descriptor
        var buffer: OutputBuffer
        /// Whether everything the program will write has been read.
        var isOver = false
    }

    private let program: ExternalProgram
    private let clock: any Clock<Duration>
    private let usesExitDescriptor: Bool
    private let queue = DispatchQueue(label: "millrace.program")
    private let state = Mutex(State())

    /// - Parameter usesExitDescriptor: `false` to behave as on systems without a descriptor for the end of a process.
    init(_ program: ExternalProgram, clock: any Clock<Duration>, usesExitDescriptor: Bool = true) {
        self.program = program
        self.clock = clock
        self.usesExitDescriptor = usesExitDescriptor
    }

    /// Runs the program until it ends, by itself or because the task was cancelled.
    func run() async throws -> ProgramResult {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { start($0) }
        } onCancel: {
            stop()
        }
    }

    // MARK: Start

    /// Starts the program, and resumes the continuation after it has been reaped.
    private func start(_ continuation: Continuation) {
        state.withLock { $0.continuation = continuation }
        // Opening files may block.
        queue.async { self.launch() }
    }

    private func launch() {
        if state.withLock({ $0.isStopped }) {
            finish(with: .failure(CancellationError()))
            return
        }
        let spawned: SpawnedProgram
        do {
            spawned = try SpawnedProgram(program)
        } catch {
            finish(with: .failure(error))
            return
        }
        state.withLock { state in
            state.phase = .running(spawned.pid)
            // The program may have been asked to stop in the meantime.
            if state.isStopped { Self.signal(&state) }
            state.streams[.output] = spawned.output.map {
                Stream(descriptor: $0, buffer: OutputBuffer(for: program.output))
            }
            state.streams[.errors] = spawned.errors.map {
                Stream(descriptor: $0, buffer: OutputBuffer(for: program.errors))
            }
        }
        let number = usesExitDescriptor ? cprocess_exit_descriptor(spawned.pid) : -1
        let exit = number < 0 ? nil : Descriptor(number)
        Task(executorPreference: Self.waiters) { self.wait(for: exit) }
    }

    /// Waits for output and for the end, on a dedicated thread, until the process is reaped.
    ///
    /// Without a descriptor that reports the end (Linux before 5.3, Apple's systems), the thread checks for it every 5
    /// ms. It also checks regularly for the end of the processes that the program has left behind.
    private func wait(for exit: Descriptor?) {
        while true {
            let (phase, streams) = state.withLock { state in
                (state.phase, state.streams.filter { !$0.value.isOver }.mapValues(\.descriptor))
            }
            var waits = streams.values.map { pollfd(fd: $0.number, events: Int16(POLLIN), revents: 0) }
            var interval: Int32 = 5
            switch phase {
            case .new, .reaped: return
            case .ended: interval = 20
            case .running:
                guard let exit else { break }
                waits.append(pollfd(fd: exit.number, events: Int16(POLLIN), revents: 0))
                interval = -1
            }
            // `streams` and `exit` keep the descriptors open during the wait.
            let count = withExtendedLifetime((streams, exit)) { poll(&waits, nfds_t(waits.count), interval) }
            if count < 0, errno != EINTR { usleep(5000) }
            queue.sync {
                for (name, wait) in zip(streams.keys, waits) where wait.revents != 0 { self.read(name) }
                self.look()
            }
        }
    }

    /// One thread per running program.
    private static let waiters = BlockingThreads(checked: .max)

    // MARK: Stop

    /// Asks the program to stop, and kills it after its grace period.
    private func stop() {
        state.withLock { state in
            guard !state.isStopped else { return }
            switch state.phase {
            case .new, .running: state.isStopped = true
            case .ended, .reaped: return
            }
            state.isKilled = program.gracePeriod <= .zero
            Self.signal(&state)
            guard !state.isKilled else { return }
            // A separate task, because the task that runs the program is cancelled and could not wait. `finish` ends
            // it.
            state.graceTimer = Task { [clock, program] in
                // At most a century: the standard library's clocks trap on instants beyond their range.
                let period = min(program.gracePeriod, .seconds(3_155_760_000))
                guard (try? await clock.sleep(for: period)) != nil else { return }
                self.kill()
            }
        }
    }

    private func kill() {
        state.withLock { state in
            state.isKilled = true
            Self.signal(&state)
        }
    }

    private static func signal(_ state: inout State) {
        guard let group = state.phase.group else { return }
        // A negative id means the group instead of the single process.
        sendSignal(-group, state.isKilled ? SIGKILL : SIGTERM)
        // A process that was stopped (SIGSTOP) receives SIGTERM only after it continues.
        if !state.isKilled { sendSignal(-group, SIGCONT) }
    }

    // MARK: Output

    /// Reads the available output, but only a bounded amount, so that the other stream and the end are also served.
    private func read(_ name: StreamName, atMost parts: Int = 4) {
        withUnsafeTemporaryAllocation(byteCount: 1 << 16, alignment: 1) { room in
            for _ in 0..<parts {
                guard let stream = state.withLock({ $0.streams[name]?.descriptor }) else { return }
                let count = readBytes(stream.number, room)
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN { return }
                state.withLock { state in
                    if count > 0 {
                        state.streams[name]?.buffer.append(UnsafeRawBufferPointer(rebasing: room[..<count]))
                    } else {
                        // Nothing more will come, and the system would report that again and again.
                        state.streams[name]?.isOver = true
                    }
                }
                if count <= 0 { return }
            }
        }
    }

    // MARK: End

    /// Checks whether the process has ended, and if so ends the rest of its group.
    private func look() {
        guard case .running(let pid) = state.withLock({ $0.phase }) else { return }
        switch cprocess_has_ended(pid, 0) {
        case 0:
            return
        case 1:
            state.withLock { state in
                state.phase = .ended(pid)
            }
            endGroup(pid)
        default:
            // The id may have been reused, so no more signals may be sent.
            state.withLock { $0.phase = .reaped }
            finish(with: .failure(ProgramError(.statusLost, "other code has reaped \(program.executable)")))
        }
    }

    /// Kills the processes left in the group; after a request to stop, once the grace period is over or none is left.
    private func endGroup(_ pid: pid_t, lookingAgainAfter milliseconds: Int = 5) {
        let (isStopped, isKilled) = state.withLock { ($0.isStopped, $0.isKilled) }
        if isStopped, !isKilled, cprocess_group_has_members(pid) != 0 {
            // No event reports the end of processes that are not our children. Most end soon, and each check takes a
            // few milliseconds if many processes are running.
            queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
                self.endGroup(pid, lookingAgainAfter: min(2 * milliseconds, 200))
            }
            return
        }
        sendSignal(-pid, SIGKILL)
        reap(pid)
    }

    private func reap(_ pid: pid_t) {
        // By now, everything the process itself wrote is in the pipes. A process that keeps them open (a daemon) is
        // not awaited. A pipe holds at most 1 MiB.
        read(.output, atMost: 32)
        read(.errors, atMost: 32)
        var signal: Int32 = 0
        let (code, isStopped) = state.withLock { state in
            state.phase = .reaped
            return (cprocess_reap(pid, &signal), state.isStopped)
        }
        if isStopped {
            finish(with: .failure(CancellationError()))
        } else if code < 0 {
            finish(with: .failure(ProgramError(.statusLost, "other code has reaped \(program.executable)")))
        } else {
            let nothing = CapturedOutput(bytes: [], byteCount: 0)
            let (output, errors) = state.withLock {
                ($0.streams[.output]?.buffer.captured, $0.streams[.errors]?.buffer.captured)
            }
            finish(
                with: .success(
                    ProgramResult(
                        exit: signal != 0 ? .signal(signal) : .code(code), output: output ?? nothing,
                        errors: errors ?? nothing)))
        }
    }

    private func finish(with result: Result<ProgramResult, any Error>) {
        let continuation = state.withLock { state in
            state.graceTimer?.cancel()
            defer { state = State(phase: .reaped) }
            return state.continuation
        }
        continuation?.resume(with: result)
    }
}

/// The system's `kill`, which a method of the same name hides.
private func sendSignal(_ target: pid_t, _ signal: Int32) {
    // The only errors are that the group is empty, or that its members now run as another user.
    _ = kill(target, signal)
}

/// The system's `read`, which a method of the same name hides.
private func readBytes(_ descriptor: Int32, _ room: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, room.baseAddress, room.count)
}
