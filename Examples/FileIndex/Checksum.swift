import ExampleSupport
import Foundation
import Millrace
import Synchronization

extension FNV1a128 {
    /// Reads a file in parts, so that memory does not grow with it.
    ///
    /// Who needs a cryptographic checksum gives `--checksum-command sha256sum`.
    static func ofFile(
        _ path: String, isCancelled: () -> Bool, hashing: Bool
    ) throws -> (bytes: Int64, checksum: String) {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        defer { try? file.close() }
        guard hashing else { return (Int64(try file.seekToEnd()), "") }
        var hash = FNV1a128()
        var bytes: Int64 = 0
        while let part = try file.read(upToCount: 1 << 18), !part.isEmpty {
            if isCancelled() { throw CancellationError() }
            hash.update(part)
            bytes += Int64(part.count)
        }
        return (bytes, hash.digest)
    }
}

/// Runs a program with arguments, never through a shell, and returns the first word that it prints.
///
/// A cancelled task ends it.
func runProgram(_ words: [String]) async throws -> String {
    let process = Process()
    // Looks the program up in PATH.
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = words
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    let running = RunningProcess(process)
    return try await withTaskCancellationHandler {
        try await onThread {
            try running.start()
            let data = try output.fileHandleForReading.readToEnd() ?? Data()
            let status = running.waitUntilExit()
            guard status == 0 else { throw JobError.retryable("\(words[0]) ended with status \(status)") }
            // sha256sum and its kin put a backslash before the line of a file whose name has one.
            let word = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isWhitespace).first?
                .drop { $0 == "\\" }
            guard let word, !word.isEmpty else { throw JobError.retryable("\(words[0]) printed nothing") }
            return String(word)
        }
    } onCancel: {
        running.terminate()
    }
}

/// A process that one thread waits for and another may end.
///
/// `Process` is not Sendable; here every use of it but the wait is under the lock, and the wait only reads what the system sets.
private final class RunningProcess: @unchecked Sendable {
    private let process: Process
    private let state = Mutex((started: false, terminated: false))

    init(_ process: Process) {
        self.process = process
    }

    func start() throws {
        try state.withLock { state in
            if state.terminated { throw CancellationError() }
            try process.run()
            state.started = true
        }
    }

    func terminate() {
        state.withLock { state in
            state.terminated = true
            if state.started, process.isRunning { process.terminate() }
        }
    }

    func waitUntilExit() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
