import Foundation
import Millrace
import QueueProcess

/// A shell script as a program: the shell is just another program here.
func script(_ text: String, _ arguments: [String] = []) -> ExternalProgram {
    ExternalProgram("/bin/sh", ["-c", text, "sh"] + arguments)
}

/// A directory that is gone when the value is.
final class TemporaryDirectory: Sendable {
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "millrace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
        path = url.resolvingSymlinksInPath().path
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The path of a file in it.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// A file in it with a text.
    func file(_ name: String, _ text: String) throws -> String {
        let path = file(name)
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    /// A file in it that can be run, as far as its rights go.
    ///
    /// Written by another process: while this one has it open, a program that another test starts just then may hold it open for an
    /// instant more, and a file that is being written can't be run.
    func tool(_ name: String, _ text: String) async throws -> String {
        let path = file(name)
        var writer = script("cat >\"$1\"; chmod 755 \"$1\"", [path])
        writer.input = .bytes(Array(text.utf8))
        try await writer.run().requireSuccess()
        return path
    }

    /// The text of a file in it.
    func text(_ name: String) throws -> String {
        try String(contentsOf: URL(filePath: file(name)), encoding: .utf8)
    }

    /// Waits until a program has written a line into a file, and gives its words.
    func line(_ name: String) async -> [String] {
        while true {
            if let text = try? text(name), text.hasSuffix("\n") {
                return text.split(whereSeparator: \.isWhitespace).map(String.init)
            }
            await Task.yield()
        }
    }
}

/// Whether a process is there and does not just wait to be reaped.
func isRunning(_ pid: pid_t) -> Bool {
    if kill(pid, 0) != 0 { return false }
    #if os(Linux)
        let stat = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        guard let end = stat.lastIndex(of: ")") else { return false }
        return !stat[end...].hasPrefix(") Z") && !stat[end...].hasPrefix(") X")
    #else
        return true
    #endif
}

/// Waits until a process is gone.
func waitForEnd(of pid: pid_t) async {
    while isRunning(pid) { await Task.yield() }
}
