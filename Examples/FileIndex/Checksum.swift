import Foundation
import Millrace
import Synchronization

/// The 128-bit FNV-1a hash (Fowler, Noll, Vo; draft-eastlake-fnv).
///
/// Equal files have equal hashes; different ones practically never do, unless somebody makes them so: it is not
/// cryptographic. Who needs that gives `--checksum-command sha256sum`.
struct FNV1a128 {
    private var state: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    private static let prime: UInt128 = 0x0000_0000_0100_0000_0000_0000_0000_013b

    mutating func update(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt128(byte)) &* Self.prime }
    }

    var digest: String {
        let hexadecimal = String(state, radix: 16)
        return String(repeating: "0", count: 32 - hexadecimal.count) + hexadecimal
    }

    /// Reads a file in parts, so that memory does not grow with it.
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

/// Runs blocking code on a thread of its own kind, so that it does not hold one of Swift's cooperative threads.
///
/// The code is told when the task is cancelled.
func onThread<Result: Sendable>(
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
func onThread<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await onThread { _ in try body() }
}

private final class Flag: Sendable {
    private let value = Atomic(false)
    var isSet: Bool { value.load(ordering: .relaxed) }
    func set() { value.store(true, ordering: .relaxed) }
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
