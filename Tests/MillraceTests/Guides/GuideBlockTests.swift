import Foundation
import Testing

/// The code of the guides is the code that tests run.
@Suite("Guides")
struct GuideBlockTests {
    /// The test that runs a page's code, and the smallest number of blocks that the page has.
    private static let sources: [String: (test: String, blocks: Int)] = [
        "Documentation/BlockingAndPrograms.md": ("Tests/MillraceTests/Guides/BlockingAndProgramsTests.swift", 6),
        "Documentation/Dependencies.md": ("Tests/MillraceTests/Guides/DependenciesTests.swift", 4),
        "Documentation/Effects.md": ("Tests/MillraceTests/Guides/EffectsTests.swift", 6),
        "Documentation/Executing.md": ("Tests/MillraceTests/Guides/ExecutingTests.swift", 8),
        "Documentation/GettingStarted.md": ("Tests/MillraceTests/Guides/GettingStartedTests.swift", 4),
        "Documentation/LimitsAndPressure.md": ("Tests/MillraceTests/Guides/LimitsAndPressureTests.swift", 8),
        "Documentation/Operating.md": ("Tests/MillraceTests/Guides/OperatingTests.swift", 5),
        "Documentation/PrioritiesAndFairness.md": ("Tests/MillraceTests/Guides/PrioritiesAndFairnessTests.swift", 6),
        "Documentation/ProgressAndMetrics.md": ("Tests/MillraceTests/Guides/ProgressAndMetricsTests.swift", 6),
        "Documentation/Retrying.md": ("Tests/QueueBackoffTests/GuideTests.swift", 8),
        "Documentation/Schedules.md": ("Tests/QueueDispatchTests/Schedules/ScheduleGuideTests.swift", 11),
        "Documentation/Simulating.md": ("Tests/SimulationTests/GuideTests.swift", 5),
        "Documentation/Submitting.md": ("Tests/MillraceTests/Guides/SubmittingTests.swift", 6),
        "Documentation/WritingAStore.md": ("Tests/ConformanceTests/GuideTests.swift", 3),
    ]

    @Test("Every Swift block of a guide is in the test that runs it", arguments: sources.keys.sorted())
    func blocks(page: String) throws {
        let (test, count) = try #require(Self.sources[page])
        let source = Repository.lines(try Repository.text(test))
        let blocks = try Repository.swiftBlocks(of: page)
        #expect(blocks.count >= count)
        for block in blocks {
            #expect(source.indices.contains { source[$0...].starts(with: block) }, "\(block.first ?? "")")
        }
    }

    @Test("Every guide with Swift blocks has a test that runs them")
    func pages() throws {
        let folder = Repository.root.appending(path: "Documentation")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".md") }
        let pages = try names.map { "Documentation/\($0)" }.filter { try !Repository.swiftBlocks(of: $0).isEmpty }
        // The blocks of that page share values; the tests of its module follow them by hand.
        let others: Set = ["Documentation/Completions.md"]
        #expect(Set(pages).subtracting(others) == Set(Self.sources.keys))
    }
}
