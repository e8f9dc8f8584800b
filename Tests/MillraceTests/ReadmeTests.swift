import Foundation
import Testing

@Suite("README")
struct ReadmeTests {
    @Test("The program of the README is the one that is built")
    func snippet() throws {
        let source = try Repository.text("Examples/Quickstart/main.swift")
        let region = try #require(
            source.components(separatedBy: "// snippet: quickstart\n").last?.components(
                separatedBy: "// end of snippet"
            )
            .first)
        let blocks = try Repository.swiftBlocks(of: "README.md")
        #expect(blocks == [Repository.lines(region)])
    }

    @Test(
        "Every page that the README, the index and others name is there, and has the section",
        arguments: [
            "README.md", "Documentation/README.md", "Documentation/Comparison.md", "Documentation/LifeCycle.md",
            "Documentation/Executing.md", "Documentation/WritingAStore.md",
        ])
    func links(_ page: String) throws {
        let folder = page.hasPrefix("Documentation/") ? "Documentation/" : ""
        let targets = try Repository.text(page).components(separatedBy: "](").dropFirst().compactMap {
            $0.components(separatedBy: ")").first
        }
        #expect(targets.count > 1)
        for target in targets where !target.hasPrefix("http") {
            let parts = target.components(separatedBy: "#")
            let path = parts[0].isEmpty ? page : folder + parts[0]
            #expect(
                FileManager.default.fileExists(atPath: Repository.root.appending(path: path).path),
                "\(page) names \(target)")
            if parts.count > 1 {
                #expect(try Self.anchors(of: path).contains(parts[1]), "\(page) names \(target)")
            }
        }
    }

    /// The names by which links mean the headings of a page: lower case, blanks as hyphens, without other signs.
    private static func anchors(of page: String) throws -> Set<String> {
        let headings = try Repository.text(page).split(separator: "\n").filter { $0.hasPrefix("#") }
        return Set(
            headings.map { heading in
                String(
                    heading.drop { $0 == "#" || $0 == " " }.lowercased().compactMap { sign in
                        sign == " " ? "-" : sign.isLetter || sign.isNumber || sign == "-" ? sign : nil
                    })
            })
    }

    @Test("Every reference of the comparison is given, and used")
    func references() throws {
        let text = try Repository.text("Documentation/Comparison.md")
        let given = Set(text.matches(of: /(?m)^\[([a-z0-9-]+)\]: https:/).map { String($0.1) })
        let used = Set(text.matches(of: /\]\[([a-z0-9-]+)\]/).map { String($0.1) })
        #expect(given == used)
        #expect(given.count > 30)
    }
}
