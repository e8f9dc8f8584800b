package import Foundation

/// A Swift file of a repository with what it declares.
package struct SourceFile: Sendable {
    /// The path from the root of the repository.
    package let path: String
    package let lines: [Substring]
    package let outline: Outline

    package init(path: String, source: String) {
        self.path = path
        var lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        if lines.last?.isEmpty == true { lines.removeLast() }
        self.lines = lines
        outline = Outline(source)
    }

    /// The target in `Sources` that it belongs to; `nil` elsewhere.
    package var module: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}

/// All Swift files of a repository, and the documents in which users read.
package struct SourceTree: Sendable {
    package let files: [SourceFile]
    /// The README and the guides, by their paths.
    package let guides: [String: String]

    package init(files: [SourceFile], guides: [String: String] = [:]) {
        self.files = files
        self.guides = guides
    }

    /// Reads `Sources`, `Tests`, `Tools`, `Examples` and `Benchmarks` below a directory, without what is built there.
    package init(root: URL) throws {
        var files: [SourceFile] = []
        for folder in ["Sources", "Tests", "Tools", "Examples", "Benchmarks"] {
            for path in try Self.paths(below: folder, in: root) where path.hasSuffix(".swift") {
                let source = try String(contentsOf: root.appending(path: path), encoding: .utf8)
                files.append(SourceFile(path: path, source: source))
            }
        }
        var guides: [String: String] = [:]
        let documents = try FileManager.default.contentsOfDirectory(
            atPath: root.appending(path: "Documentation").path)
        for path in ["README.md"] + documents.filter({ $0.hasSuffix(".md") }).map({ "Documentation/\($0)" }) {
            guides[path] = try? String(contentsOf: root.appending(path: path), encoding: .utf8)
        }
        self.init(files: files, guides: guides)
    }

    private static func paths(below folder: String, in root: URL) throws -> [String] {
        let directory = root.appending(path: folder)
        guard FileManager.default.fileExists(atPath: directory.path) else { return [] }
        return try FileManager.default.subpathsOfDirectory(atPath: directory.path).sorted()
            .filter { !$0.split(separator: "/").contains(".build") }
            .map { "\(folder)/\($0)" }
    }

    /// The files of the libraries.
    package var sources: [SourceFile] { files.filter { $0.module != nil } }
}
