import Foundation
import QueueConformance
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

/// A store for the guide to be about.
private typealias MyStore = MemoryJobStore

private struct MyStoreFactory: StoreFactory {
    func makeStore() async throws -> any JobStore { MyStore() }
}

/// The code of Documentation/WritingAStore.md, run.
@Suite("Guide: writing a store")
struct GuideTests {
    @Test(arguments: StoreConformance.checks)
    func conforms(_ check: ConformanceCheck) async throws {
        try await check.run(MyStoreFactory())
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func behavesAsTheReference(seed: UInt64) async throws {
        let difference = try await StoreComparison { MyStore() }.run(seed: seed, steps: 200)
        #expect(difference == nil, "\(difference?.description ?? "")")
    }

    @Test("Every code block of the guide is in this file")
    func blocks() throws {
        let file = URL(filePath: #filePath)
        let root = file.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let page = try String(contentsOf: root.appending(path: "Documentation/WritingAStore.md"), encoding: .utf8)
        let source = lines(try String(contentsOf: file, encoding: .utf8))
        let blocks = page.components(separatedBy: "```swift\n").dropFirst().map {
            lines($0.components(separatedBy: "```")[0])
        }
        #expect(blocks.count >= 3)
        for block in blocks {
            #expect(source.indices.contains { source[$0...].starts(with: block) }, "\(block.first ?? "")")
        }
    }

    /// The lines of a text without indentation, without empty ones, and without who may see a declaration.
    private func lines(_ text: String) -> [String] {
        text.split(separator: "\n").map { line in
            let line = line.trimmingCharacters(in: .whitespaces)
            return line.hasPrefix("private ") ? String(line.dropFirst("private ".count)) : line
        }.filter { !$0.isEmpty }
    }
}
