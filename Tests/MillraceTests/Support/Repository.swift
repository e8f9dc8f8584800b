import Foundation
import Testing

/// The files of the repository that tests compare.
enum Repository {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The blocks of a page that are marked as Swift, as ``lines(_:)``.
    static func swiftBlocks(of page: String) throws -> [[String]] {
        try text(page).components(separatedBy: "```swift\n").dropFirst().map {
            lines($0.components(separatedBy: "```")[0])
        }
    }

    /// The lines of a text without indentation, and without empty ones.
    static func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    /// Expects each block of a page to stand in a source file, line by line.
    static func expectBlocks(of page: String, in source: String = #filePath, atLeast count: Int) throws {
        let source = lines(try String(contentsOf: URL(filePath: source), encoding: .utf8))
        let blocks = try swiftBlocks(of: page)
        #expect(blocks.count >= count)
        for block in blocks {
            #expect(source.indices.contains { source[$0...].starts(with: block) }, "\(page): \(block.first ?? "")")
        }
    }
}
