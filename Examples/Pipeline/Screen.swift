import Foundation
import Synchronization

/// A part of a terminal that is drawn over again and again, below lines that stay; elsewhere just lines.
final class Screen: Sendable {
    private let isTerminal: Bool
    private let drawn = Mutex<[String]>([])

    init(isTerminal: Bool) {
        self.isTerminal = isTerminal
    }

    /// Replaces the shown lines.
    func show(_ lines: [String]) {
        drawn.withLock { drawn in
            guard isTerminal else {
                write(lines.map { "\($0)\n" }.joined())
                return
            }
            write(clearing(drawn) + lines.map { "\($0)\n" }.joined())
            drawn = lines
        }
    }

    /// Prints a line that stays on the screen.
    func say(_ line: String) {
        drawn.withLock { drawn in
            write((isTerminal ? clearing(drawn) : "") + "\(line)\n" + drawn.map { "\($0)\n" }.joined())
        }
    }

    /// Goes up to the first of the lines, and clears from there on.
    private func clearing(_ lines: [String]) -> String {
        lines.isEmpty ? "" : "\u{1B}[\(lines.count)A\u{1B}[J"
    }

    private func write(_ text: String) {
        if !text.isEmpty { FileHandle.standardOutput.write(Data(text.utf8)) }
    }
}
