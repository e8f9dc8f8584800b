import ExampleSupport
import Foundation
import Millrace
import QueueProcess

extension FNV1a128 {
    /// Reads a file in parts, so that memory use does not depend on its size.
    ///
    /// For a cryptographic checksum use `--checksum-command sha256sum`.
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
func runProgram(_ words: [String]) async throws -> String {
    let program = ExternalProgram(words[0], Array(words.dropFirst()))
    let result = try await program.run()
    try result.requireSuccess()
    // sha256sum and similar programs begin the line of a file whose name has a backslash with one.
    let word = result.output.text.split(whereSeparator: \.isWhitespace).first?.drop { $0 == "\\" }
    guard let word, !word.isEmpty else { throw JobError.retryable("\(words[0]) printed nothing") }
    return String(word)
}
