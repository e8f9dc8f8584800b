import Foundation
import Testing

/// The files of the repository, for tests that compare them.
enum Repository {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The lines of each Swift block of a page; see ``lines(_:)``.
    static func swiftBlocks(of page: String) throws -> [[String]] {
        try text(page).components(separatedBy: "```swift\n").dropFirst().map {
            lines($0.components(separatedBy: "```")[0])
        }
    }

    /// The lines of a string without indentation, empty lines, and the word `private`, which no guide shows.
    static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { line in
            let line = line.trimmingCharacters(in: .whitespaces)
            return line.hasPrefix("private ") ? String(line.dropFirst("private ".count)) : line
        }.filter { !$0.isEmpty }
    }
}
