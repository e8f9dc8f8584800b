import Millrace

/// The figures that are shown at the end: found in the queue by tags, and in what it has counted itself.
struct Closing {
    let queue: JobQueue
    let report: Report

    func text() async throws -> String {
        var kinds: [String] = []
        for kind in ["scan", "text", "checksum", "section", "urgent"] {
            let count = try await queue.count(JobQuery(tags: [Tag("kind", kind)]))
            if count > 0 { kinds.append("\(count) \(kind)") }
        }
        var lines = ["jobs by kind: \(kinds.joined(separator: ", "))"]
        let largest = report.tally.extensions.sorted { ($1.value.lines, $0.key) < ($0.value.lines, $1.key) }.prefix(5)
        for (name, counts) in largest {
            let jobs = try await queue.count(
                JobQuery(states: [.completed], tags: [Tag("kind", "text"), Tag("extension", name)]))
            lines.append(
                "  \(name.isEmpty ? "no extension" : ".\(name)"): \(counts.files) files in \(jobs) jobs, "
                    + "\(counts.lines) lines")
        }
        let figures = queue.counters
        lines.append(
            "\(figures.attempts) attempts here, committed \(figures.batches == 0 ? 0 : figures.attempts / figures.batches) "
                + "at a time on average")
        return lines.joined(separator: "\n")
    }
}
