import ExampleSupport
import Foundation
import Millrace

/// What is known of a tree once all its files were read.
///
/// The same tree gives the same report.
struct Report: Codable, Sendable {
    struct File: Codable, Sendable {
        var path: String
        var bytes: Int64
    }

    struct Duplicate: Codable, Sendable {
        var bytes: Int64
        var checksum: String
        var paths: [String]
    }

    var files = 0
    var bytes: Int64 = 0
    var duplicates: [Duplicate] = []
    var largest: [File] = []
    var unreadable: [String] = []

    /// Creates the report from the stored jobs.
    ///
    /// Paths are relative to `root`.
    init(of queue: JobQueue, root: String) async throws {
        var results: [String: Checksum.Output] = [:]
        var unreadable: Set<String> = []
        let coder = JSONCoder()
        try await Self.forEach(JobQuery(types: ["index.checksum"]), in: queue) { job in
            let path = try coder.decode(ChecksumFile.self, from: job.payload).path
            if job.state == .completed, let output = job.output {
                results[path] = try coder.decode(Checksum.Output.self, from: output)
            } else {
                unreadable.insert(path)
            }
        }
        try await Self.forEach(JobQuery(types: ["index.scan"]), in: queue) { job in
            if let output = job.output {
                unreadable.formUnion(try coder.decode(Scan.Output.self, from: output).unreadable)
            } else if job.state.isTerminal, job.state != .completed {
                unreadable.insert(try coder.decode(ScanDirectory.self, from: job.payload).path)
            }
        }
        // A directory that was scanned again after a crash may have read a file twice; the last result counts.
        let prefix = root == "/" ? "/" : root + "/"
        func relative(_ path: String) -> String {
            path.hasPrefix(prefix) ? String(path.dropFirst(prefix.count)) : path == root ? "." : path
        }
        let entries = results.map { (path: relative($0.key), result: $0.value) }.sorted { $0.path < $1.path }
        func absolute(_ path: String) -> String { path.hasPrefix("/") ? path : prefix + path }
        files = entries.count
        bytes = entries.reduce(0) { $0 + $1.result.bytes }
        let candidates = Dictionary(grouping: entries.filter { $0.result.bytes > 0 }) { $0.result }
            .filter { $0.value.count > 1 }.mapValues { $0.map { absolute($0.path) } }
        let equal = try await onThread { isCancelled in
            try candidates.mapValues { try Comparison.equalSets(of: $0, isCancelled: isCancelled) }
        }
        duplicates = equal.flatMap { result, sets in
            sets.map { Duplicate(bytes: result.bytes, checksum: result.checksum, paths: $0.map(relative)) }
        }.sorted { Self.isLarger($0.bytes, $0.paths[0], $1.bytes, $1.paths[0]) }
        let all = entries.map { File(path: $0.path, bytes: $0.result.bytes) }
        largest = Array(all.sorted { Self.isLarger($0.bytes, $0.path, $1.bytes, $1.path) }.prefix(10))
        self.unreadable = unreadable.subtracting(results.keys).map(relative).sorted()
    }

    /// The order of what is listed by size: the largest first, of one size by path.
    private static func isLarger(_ bytes: Int64, _ path: String, _ others: Int64, _ other: String) -> Bool {
        bytes == others ? path < other : bytes > others
    }

    static func forEach(
        _ query: JobQuery, in queue: JobQueue, _ body: (JobRecord) throws -> Void
    ) async throws {
        var query = query
        query.order = .oldestFirst
        query.limit = 1000
        while true {
            let page = try await queue.jobs(query)
            for job in page.jobs { try body(job) }
            guard let next = page.next else { return }
            query.after = next
        }
    }

    /// Writes the report as a whole or not at all.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    /// A summary for people.
    var summary: String {
        var lines = ["\(files) files, \(bytes) bytes, \(unreadable.count) unreadable"]
        let wasted = duplicates.reduce(0) { $0 + $1.bytes * Int64($1.paths.count - 1) }
        lines.append("\(duplicates.count) sets of duplicates, \(wasted) bytes more than needed")
        for duplicate in duplicates.prefix(5) {
            lines.append("  \(duplicate.bytes) bytes, \(duplicate.paths.count) times: \(duplicate.paths[0])")
        }
        lines.append("largest:")
        for file in largest.prefix(5) { lines.append("  \(file.bytes) bytes: \(file.path)") }
        return lines.joined(separator: "\n")
    }
}

struct MakeReport: JobExecutor {
    /// The path of the report.
    let path: String

    func execute(_ job: WriteReport, in context: JobContext) async throws -> Report {
        let report = try await Report(of: context.queue, root: job.root)
        try report.write(to: path)
        return report
    }
}
