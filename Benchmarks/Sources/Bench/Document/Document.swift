import Foundation
import ToolOptions

/// A document with parts that are written by hand, and parts between marks that are made of saved runs.
///
/// A mark is a line of its own, `<!-- bench:NAME -->`, and its part goes on to `<!-- /bench -->`.
struct Document {
    private let lines: [Substring]
    private static let end = "<!-- /bench -->"

    init(_ text: String) {
        lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// The text with every marked part replaced by what `make` returns for its name; what is written by hand stays as
    /// it is.
    func text(replacing make: (String) throws -> String) throws -> String {
        var result: [Substring] = []
        var open: String?
        for line in lines {
            if line == Self.end {
                guard open != nil else { throw UsageError("\(Self.end) without a beginning") }
                open = nil
                result.append(line)
            } else if let name = Self.name(line) {
                if let open { throw UsageError("the part bench:\(open) does not end before bench:\(name) begins") }
                open = name
                result.append(line)
                result.append("")
                result.append(Substring(try make(name)))
                result.append("")
            } else if open == nil {
                result.append(line)
            }
        }
        if let open { throw UsageError("the part bench:\(open) does not end") }
        return result.joined(separator: "\n")
    }

    private static func name(_ line: Substring) -> String? {
        guard line.hasPrefix("<!-- bench:"), line.hasSuffix(" -->") else { return nil }
        return String(line.dropFirst(11).dropLast(4))
    }

    /// Brings a document, and the plots in the directory `Plots` beside it, up to date with saved runs.
    static func update(_ path: String, with results: Results) throws {
        guard let old = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw UsageError("can't read \(path)")
        }
        let sections = Sections(results: results)
        let new = try Document(old).text(replacing: sections.part)
        try Plots(results: results).write(to: (path as NSString).deletingLastPathComponent + "/\(Plots.directory)")
        do {
            try new.write(toFile: path, atomically: true, encoding: .utf8)
        } catch {
            throw UsageError("can't write \(path)")
        }
    }
}
