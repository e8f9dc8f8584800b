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
        "Every page that the README and the index name is there", arguments: ["README.md", "Documentation/README.md"])
    func links(_ page: String) throws {
        let folder = page.hasPrefix("Documentation/") ? "Documentation/" : ""
        let targets = try Repository.text(page).components(separatedBy: "](").dropFirst().compactMap {
            $0.components(separatedBy: ")").first
        }
        #expect(targets.count > 5)
        for target in targets where !target.hasPrefix("http") {
            let path = Repository.root.appending(path: folder + target).path
            #expect(FileManager.default.fileExists(atPath: path), "\(page) names \(target)")
        }
    }
}
