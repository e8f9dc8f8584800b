import HouseCounts
import Testing

@Suite struct CountTests {
    private func tree(_ sources: [String: String], guides: [String: String] = [:]) -> SourceTree {
        SourceTree(
            files: sources.sorted { $0.key < $1.key }.map { SourceFile(path: $0.key, source: $0.value) },
            guides: guides)
    }

    @Test func `members are counted over all extensions, in other modules too`() {
        let tree = tree([
            "Sources/A/Box.swift": "struct Box { let a: Int }",
            "Sources/A/Box+More.swift": "extension Box { func b() {} }",
            "Sources/B/Box.swift": "extension Box { func c() {} }",
            "Sources/C/Box.swift": "struct Box { let d: Int }",
            "Tests/Box.swift": "extension Box { func e() {} }",
        ])
        #expect(tree.members() == [Count("A: Box", 2), Count("B: Box", 1), Count("C: Box", 1)])
    }

    @Test func `an extension in another module counts for the only type of its name`() {
        let tree = tree([
            "Sources/A/Box.swift": "struct Box { let a: Int }",
            "Sources/B/Box.swift": "extension Box { func b() {} }",
        ])
        #expect(tree.members() == [Count("A: Box", 2)])
    }

    @Test func `types count if the umbrella exports their module again`() {
        let tree = tree(
            [
                "Sources/Millrace/Exports.swift": "@_exported public import A\npublic import B",
                "Sources/A/A.swift": "public struct Seen { public struct Inner {} }\nstruct Own {}",
                "Sources/A/C.swift": "public protocol Named {}",
                "Sources/B/B.swift": "public struct Unseen {}",
            ], guides: ["README.md": "A `Named` thing."])
        #expect(tree.visibleModules() == ["Millrace", "A"])
        let names = tree.publicTypes(of: tree.visibleModules())
        #expect(names == ["Named", "Seen"])
        #expect(tree.unmentioned(names) == ["Seen"])
    }

    @Test func `rule numbers are found in documentation of what is public`() {
        let tree = tree([
            "Sources/A/A.swift": """
            /// Does it (rule E4).
            public func a() {}
            /// Does it (rule E4).
            func b() {}
            // Rule E4.
            /// Counts in UTF8, by FNV1a128 or SHA-1.
            public func c() {}
            """
        ])
        #expect(tree.ruleNumbers() == [Count("Sources/A/A.swift:1", 1)])
    }

    @Test func `lines are measured in characters`() {
        let wide = String(repeating: "é", count: 121)
        let tree = tree(["Sources/A/A.swift": "// \(wide.dropFirst(4))\n\(wide)"])
        #expect(tree.wideLines(of: tree.sources, above: 120) == [Count("Sources/A/A.swift:2", 121)])
    }

    @Test func `a report names what is above a limit, and nothing else`() {
        let long = "func long() {\n" + String(repeating: "\n", count: 59) + "}\n"
        var limits = HouseLimits()
        limits.members = 1
        let broken = tree(["Sources/A/A.swift": "struct S { let a, b: Int }\n\(long)"])
        let report = HouseReport(broken, architecture: nil, worker: "Sources/A", limits: limits)
        #expect(
            report.faults == [
                "members of a type: 2 in A: S",
                "lines of a function in Sources: 61 in Sources/A/A.swift:2 long",
            ])
        let kept = HouseReport(broken, architecture: nil, worker: "Sources/A").faults
        #expect(kept == ["lines of a function in Sources: 61 in Sources/A/A.swift:2 long"])
    }

    @Test func `locks are counted below the folder of the worker`() {
        let tree = tree([
            "Sources/A/Worker/W.swift": "final class W { let a = Mutex(0) }",
            "Sources/A/Workers.swift": "final class V { let b = Mutex(0) }",
        ])
        #expect(tree.locks(below: "Sources/A/Worker") == ["W.a"])
    }
}
