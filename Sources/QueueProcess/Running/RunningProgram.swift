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

/// One run of a program, from before its start until it was reaped.
///
/// A thread of its own waits for what the system tells of it, and hands that to one queue. (Sources of Dispatch would need none, but on Linux
/// the process was once seen to crash in their event loop; the cause was not found.) The process is reaped at the very end and nowhere
/// else: until then its number, which is its group's too, can't become another's, and signals reach none but its own.
final class RunningProgram: Sendable {
    private typealias Continuation = CheckedContinuation<ProgramResult, any Error>

    private struct State {
        var phase = Phase.new
        /// Whether it was asked to stop before it had ended.
        var isStopped = false
        var isKilled = false
        var graceTimer: Task<Void, Never>?
        var streams: [StreamName: Stream] = [:]
        var continuation: Continuation?
    }

    private enum Phase {
        case new
        case running(pid_t)
        /// The process has ended, and what it started in its group may not have.
        case ended(pid_t)
        case reaped

        /// The group that signals may be sent to.
        var group: pid_t? {
            switch self {
            case .running(let pid), .ended(let pid): pid
            case .new, .reaped: nil
            }
        }
    }

    private enum StreamName { case output, errors }

    /// The reading end of a pipe, and what came through it.
    private struct Stream {
        let descriptor: Descriptor
        var buffer: OutputBuffer
        /// Whether all that the program will write has been read.
        var isOver = false
    }

    private let program: ExternalProgram
    private let clock: any Clock<Duration>
    private let usesExitDescriptor: Bool
    private let queue = DispatchQueue(label: "millrace.program")
    private let state = Mutex(State())

    /// - Parameter usesExitDescriptor: `false` to go without what older systems don't have.
    init(_ program: ExternalProgram, clock: any Clock<Duration>, usesExitDescriptor: Bool = true) {
        self.program = program
        self.clock = clock
        self.usesExitDescriptor = usesExitDescriptor
    }

    /// Runs the program to its end, or until the task is cancelled and the program has ended of that.
    func run() async throws -> ProgramResult {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { start($0) }
        } onCancel: {
            stop()
        }
    }

    // MARK: Start

    /// Starts the program, and resumes the continuation when all is over.
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
            // Asked to stop meanwhile.
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

    /// Waits for output and for the end, on a thread of its own, until the process is reaped.
    ///
    /// Without a descriptor that tells of the end (Linux before 5.3, Apple's systems) it is looked for every few milliseconds, and so is the end
    /// of what the process has left behind.
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
            // What is waited for is held open by `streams` and `exit` for as long as this takes.
            let count = withExtendedLifetime((streams, exit)) { poll(&waits, nfds_t(waits.count), interval) }
            if count < 0, errno != EINTR { usleep(5000) }
            queue.sync {
                for (name, wait) in zip(streams.keys, waits) where wait.revents != 0 { self.read(name) }
                self.look()
            }
        }
    }

    /// One for each program that runs; their number is that of the programs.
    private static let waiters = BlockingThreads(checked: .max)

    // MARK: Stop

    /// Asks the program to stop, and kills it when its grace period is over.
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
            // A task of its own: the one that runs the program is cancelled, and could not wait. `finish` ends it.
            state.graceTimer = Task { [clock, program] in
                // A century at most: the standard library's clocks trap on instants that are further off than they can count.
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
        // A negative number: the group, not the process alone.
        sendSignal(-group, state.isKilled ? SIGKILL : SIGTERM)
        // A process that was stopped (SIGSTOP) hears of SIGTERM only when it goes on.
        if !state.isKilled { sendSignal(-group, SIGCONT) }
    }

    // MARK: Output

    /// Reads what there is, but not without end: the other stream, and the end, want to be heard too.
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
                        // Nothing more will come, and that would be told again and again.
                        state.streams[name]?.isOver = true
                    }
                }
                if count <= 0 { return }
            }
        }
    }

    // MARK: End

    /// Looks whether the process has ended, and then ends the rest.
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
            // The number may be another's by now: no signal any more.
            state.withLock { $0.phase = .reaped }
            finish(with: .failure(ProgramError(.statusLost, "somebody else has reaped \(program.executable)")))
        }
    }

    /// Kills what the process has left in its group; after a stop, when the grace period is over or nothing is left.
    private func endGroup(_ pid: pid_t, lookingAgainAfter milliseconds: Int = 5) {
        let (isStopped, isKilled) = state.withLock { ($0.isStopped, $0.isKilled) }
        if isStopped, !isKilled, cprocess_group_has_members(pid) != 0 {
            // No event tells of the end of those that are not our children. Most end soon, and looking costs some milliseconds where
            // many processes run.
            queue.asyncAfter(deadline: .now() + .milliseconds(milliseconds)) {
                self.endGroup(pid, lookingAgainAfter: min(2 * milliseconds, 200))
            }
            return
        }
        sendSignal(-pid, SIGKILL)
        reap(pid)
    }

    private func reap(_ pid: pid_t) {
        // What the process itself wrote is in the pipes by now. What holds them open beyond (a daemon) is not waited for; a pipe has
        // at most 1 MiB.
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
            finish(with: .failure(ProgramError(.statusLost, "somebody else has reaped \(program.executable)")))
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

/// The system's `kill`, which a method named like it hides.
private func sendSignal(_ target: pid_t, _ signal: Int32) {
    // The only errors are that nobody is left, and that those who are have other rights now.
    _ = kill(target, signal)
}

/// The system's `read`, which a method named like it hides.
private func readBytes(_ descriptor: Int32, _ room: UnsafeMutableRawBufferPointer) -> Int {
    read(descriptor, room.baseAddress, room.count)
}
