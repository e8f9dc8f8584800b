import CrashAudit
import QueueModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A worker that this process has started, and what it has logged so far.
///
/// Its log is read as it comes, since a pipe that is full would hold the worker up. What a pipe has taken is read even
/// after the worker was killed.
final class WorkerProcess {
    let options: WorkerOptions
    let pid: pid_t
    /// All lines so far that were whole.
    private(set) var lines: [LogLine] = []
    /// Output that is not a line of the log: a fault of the worker or of this program.
    private(set) var nonsense: [String] = []
    /// The time at which the process was found to have ended.
    private(set) var endedAt: Int64?
    /// Its exit code, or -1 if a signal ended it.
    private(set) var exitCode: Int32?
    /// The file that has what it says on standard error.
    let errorsPath: String
    private let pipe: Int32
    private var rest: [UInt8] = []
    /// Whether its log has ended, as it does with the process.
    private(set) var hasEnded = false

    /// Starts a worker.
    init(_ options: WorkerOptions, program: String, errorsPath: String) throws {
        self.options = options
        self.errorsPath = errorsPath
        let ends = try Child.pipe()
        let nothing = open("/dev/null", O_RDONLY | O_CLOEXEC)
        let errors = open(errorsPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { for descriptor in [nothing, errors, ends.writing] { close(descriptor) } }
        do {
            pid = try Child.start([program] + options.arguments, descriptors: [nothing, ends.writing, errors])
        } catch {
            close(ends.reading)
            throw error
        }
        pipe = ends.reading
    }

    deinit {
        end(by: SIGKILL)
        close(pipe)
    }

    /// Reads what there is, and waits for more until the given time, or until the log has ended.
    ///
    /// - Returns: Whether the log has ended, as it does with the process.
    @discardableResult
    func read(until deadline: Int64) -> Bool {
        while !hasEnded {
            var entry = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            let left = max(0, deadline - System.now())
            let ready = poll(&entry, 1, Int32(clamping: (left + 999_999) / 1_000_000))
            if ready > 0 { drain() }
            if !hasEnded, System.now() >= deadline { return false }
        }
        return true
    }

    /// Reads what there is.
    func drain() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while !hasEnded {
            let count = buffer.withUnsafeMutableBytes { recv($0) }
            if count > 0 {
                take(buffer[..<count])
            } else if count == 0 {
                hasEnded = true
            } else if errno != EINTR {
                // There is no more for now.
                return
            }
        }
    }

    private func recv(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Darwin)
            Darwin.read(pipe, buffer.baseAddress, buffer.count)
        #elseif canImport(Glibc)
            Glibc.read(pipe, buffer.baseAddress, buffer.count)
        #else
            Musl.read(pipe, buffer.baseAddress, buffer.count)
        #endif
    }

    private func take(_ bytes: ArraySlice<UInt8>) {
        rest += bytes
        var start = rest.startIndex
        while let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let text = String(decoding: rest[start..<end], as: UTF8.self)
            if let line = LogLine(text) { lines.append(line) } else { nonsense.append(text) }
            start = rest.index(after: end)
        }
        // A line that was cut off by a kill stays here, and is nothing that has happened.
        rest.removeSubrange(..<start)
    }

    /// Whether it has told that it runs jobs, in lines that nobody has taken yet.
    var isAtWork: Bool {
        lines.contains { line in
            if case .started = line.entry { true } else { false }
        }
    }

    /// Whether it has told that a job is a dead letter.
    func hasTold(ofEnd id: JobID) -> Bool {
        lines.contains { $0.entry == .ended(id, .deadLettered) }
    }

    /// Returns and removes the lines since the last call.
    func takeLines() -> [LogLine] {
        defer { lines = [] }
        return lines
    }

    // MARK: Signals

    /// Sends a signal, if the process is there.
    func send(_ signal: Int32) {
        if exitCode == nil { kill(pid, signal) }
    }

    /// Sends a signal that ends the process, waits for its end, and reads the rest of its log.
    func end(by signal: Int32) {
        guard exitCode == nil else { return }
        kill(pid, signal)
        reap()
    }

    /// Waits for the end of the process, and reads the rest of its log.
    func reap() {
        guard exitCode == nil else { return }
        // Before it is waited for: a full pipe would keep it from its end.
        if !hasEnded { read(until: .max) }
        Child.awaitEnd(of: pid)
        // Before the process id can be given to another process.
        endedAt = System.now()
        exitCode = Child.reap(pid)
        drain()
    }
}
