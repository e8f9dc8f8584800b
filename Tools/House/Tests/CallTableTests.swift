import HouseCounts
import Testing

@Suite struct CallTableTests {
    private let tree = SourceTree(files: [
        SourceFile(
            path: "Sources/A/Queue.swift",
            source: """
                struct Queue {
                    func submit(_ job: Int) { Turn(job).run { other() } }
                    init() {}
                }
                struct Other { func submit() { nothing() } }
                """),
        SourceFile(path: "Sources/A/Turn.swift", source: "struct Turn { func run() { store.write() } }"),
        SourceFile(path: "Sources/B/Turn.swift", source: ""),
    ])

    private func table(_ rows: String...) -> CallTable {
        CallTable(
            """
            # Architecture

            | Box | What |
            |---|---|
            | a | b |

            | # | call | in | file |
            |--:|------|----|------|
            \(rows.joined(separator: "\n"))

            Text.
            """)
    }

    @Test func `rows that hold have no faults`() {
        let table = table(
            "| 1 | `Turn.init(_:)` | `Queue.submit(_:)` | `A/Queue.swift` |",
            "| 2 | `Turn.run()` | `submit` | `Sources/A/Queue.swift` |",
            "| 3 | `write` | `Turn.run()` | `A/Turn.swift` |")
        #expect(table.rows.count == 3)
        #expect(table.fileCount == 3)
        #expect(table.faults(in: tree) == [])
    }

    @Test func `what does not hold is named`() {
        let table = table(
            "| 1 | `run` | `Queue.submit` | `A/Missing.swift` |",
            "| 2 | `run` | `submit` | `Turn.swift` |",
            "| 3 | `run` | `Queue.claim` | `A/Queue.swift` |",
            "| 4 | `nothing` | `Queue.submit` | `A/Queue.swift` |",
            "| 5 | `submit` | `Queue.init` | `A/Queue.swift` |")
        #expect(
            table.faults(in: tree) == [
                "row 1: there is no file A/Missing.swift",
                "row 2: Turn.swift is ambiguous",
                "row 3: A/Queue.swift does not declare Queue.claim",
                "row 4: Queue.submit does not call nothing",
                "row 5: Queue.init does not call submit",
            ])
    }

    @Test func `a document without a table of calls has no rows`() {
        #expect(CallTable("| # | call |\n|---|---|\n| 1 | a |").rows == [])
        let report = HouseReport(tree, architecture: "Nothing.", worker: "Sources/A")
        #expect(report.faults.contains("ARCHITECTURE.md has no table of calls"))
    }
}
