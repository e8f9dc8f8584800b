import ExampleSupport
import Foundation
import Millrace

/// Writes the report on the tree.
///
/// It depends on the scan of the root and on its section, and so on everything.
struct WriteReport: Job {
    static let type: JobType = "write"
    static let options = JobOptions(tags: [Tag("kind", "report")])
    /// The absolute path of the tree.
    var root: String
    /// There is one report per database.
    var uniqueness: Uniqueness { .key("report") }
    var label: String? { boundedText(root) }
}

/// What is known of a tree once all its files were read; the same tree has the same report.
struct Report: Codable, Hashable, Sendable {
    /// Large files of equal content.
    struct Duplicate: Codable, Hashable, Sendable {
        var bytes: Int64
        var checksum: String
        var paths: [String]
    }

    var tally: Tally
    var duplicates: [Duplicate]

    init(_ tally: Tally) {
        self.tally = tally
        duplicates = Dictionary(grouping: tally.large, by: \.checksum).values.filter { $0.count > 1 }
            .map { files in
                Duplicate(bytes: files[0].bytes, checksum: files[0].checksum, paths: files.map(\.path).sorted())
            }
            .sorted { ($1.bytes, $0.checksum) < ($0.bytes, $1.checksum) }
    }

    /// A summary for people.
    var summary: String {
        var lines = [
            "\(tally.total.files) files in \(tally.directories) directories: \(tally.total.bytes) bytes, "
                + "\(tally.total.lines) lines, \(tally.total.words) words; \(tally.unreadable.count) unreadable"
        ]
        if let longest = tally.longestLine { lines.append("longest line: \(longest.bytes) bytes in \(longest.path)") }
        for (name, counts) in tally.subtrees.sorted(by: { $0.value.bytes > $1.value.bytes }).prefix(5) {
            lines.append("  \(name): \(counts.files) files, \(counts.bytes) bytes, \(counts.lines) lines")
        }
        lines.append("large files: \(tally.large.count), sets of duplicates: \(duplicates.count)")
        return lines.joined(separator: "\n")
    }
}

struct MakeReport: JobExecutor {
    /// The path of the report.
    let path: String

    func execute(_ job: WriteReport, in context: JobContext) async throws -> Report {
        let report = Report(try await ScanDirectory.result(of: "", in: context))
        try await onThread { try report.write(to: path) }
        return report
    }
}
