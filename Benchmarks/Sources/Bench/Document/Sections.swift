import ToolOptions

/// The parts of the document on performance that are made of saved runs.
struct Sections {
    let results: Results

    private static let missing = "*Not measured in these runs.*"

    /// The text of a part, by its name.
    func part(_ name: String) throws -> String {
        let text: String =
            switch name {
            case "runs": runs
            case "targets": try targets
            case "memory": try plot("ratio-memory") + rows { $0.isOfReference && $0.store == .memory }
            case "file": try plot("ratio-file") + rows { $0.isOfReference && $0.store != .memory }
            case "load": try plot("ratio-load") + rows { !$0.isOfReference && !$0.isLatency }
            case "backlog": plot("backlog")
            case "concurrency": plot("concurrency")
            case "latency": plot("latency") + latency
            case "space": space
            case "durability": plot("durability") + durability
            default: throw UsageError("no part is named bench:\(name)")
            }
        return text.isEmpty ? Self.missing : text
    }

    private var runs: String {
        guard results.runs.contains(where: { $0.info != nil }) else { return "" }
        let properties: [(String, (RunInfo) -> String?)] = [
            ("date", \.date), ("machine", \.machine), ("processors used", { "\($0.processors)" }), ("system", \.system),
            ("SQLite", \.sqlite), ("Swift", \.swift), ("sources", \.sources),
            ("command", { "`make bench \($0.options)`" }),
        ]
        let lines = properties.map { name, value in [name] + results.runs.map { $0.info.flatMap(value) ?? "" } }
        return Markdown.table([""] + results.names, alignment: "l" + results.names.map { _ in "l" }.joined(), lines)
    }

    private var targets: String {
        get throws {
            let verdicts = try results.rows { _ in true }.compactMap { try results.verdict(of: $0.name) }.filter(
                \.isMeasured)
            guard !verdicts.isEmpty else { return "" }
            let (met, missed) = (verdicts.filter(\.isMet), verdicts.filter { !$0.isMet })
            var paragraphs = [
                "Of \(verdicts.count) rows with a target, \(met.count) meet it in every run that has them."
            ]
            if !met.isEmpty { paragraphs.append("Met: \(Markdown.names(met.map(\.row))).") }
            if !missed.isEmpty {
                paragraphs.append("Not met, in one run at least: \(Markdown.names(missed.map(\.row))).")
            }
            return paragraphs.joined(separator: "\n\n")
        }
    }

    private func rows(where condition: (Row) -> Bool) throws -> String {
        let rows = results.rows(where: condition)
        return rows.isEmpty ? "" : try Markdown(results: results).table(of: rows)
    }

    /// The plot's picture and an empty line after it; nothing where the plot would be empty.
    private func plot(_ name: String) -> String {
        guard let plot = Plots(results: results).all[name] else { return "" }
        return "![\(plot.title)](\(Plots.directory)/\(name).svg)\n\n"
    }

    private var latency: String {
        let lines = Row.latencies.flatMap(\.allNames).flatMap { row in
            results.runs.compactMap { run -> [String]? in
                guard let figures = run[row]?.figures, let rate = figures["jobs a second"] else { return nil }
                let times = LatencyFigures.names.map { name in
                    figures[name].map { Table.time($0 * 1e3) } ?? ""
                }
                return ["`\(row)`", run.name, "\(Table.number(rate))/s"] + times
            }
        }
        guard !lines.isEmpty else { return "" }
        return Markdown.table(["row", "run", "rate", "p50", "p99", "p99.9", "longest"], alignment: "llrrrrr", lines)
    }

    private var space: String {
        let rows = Row.all.filter { $0.name.hasPrefix("backlog/") }.flatMap(\.allNames)
        let lines = rows.compactMap { name -> [String]? in
            guard let figures = results.runs.first?[name]?.figures else { return nil }
            let memory = figures["resident MiB"].map { "\(Table.number($0)) MiB" }
            let file = figures["file bytes a job"].map(Table.number)
            if memory == nil, file == nil { return nil }
            return ["`\(name)`", memory ?? "", file ?? ""]
        }
        guard !lines.isEmpty else { return "" }
        return Markdown.table(["row", "resident memory", "file bytes a job"], alignment: "lrr", lines)
    }

    private var durability: String {
        let lines = results.runs.flatMap { run -> [[String]] in
            let syncs = run[Row.diskSyncs]?.figures["syncs per second"]
            return Row.all.filter { $0.name == "durable/64" }.flatMap(\.allNames).filter { $0 != Row.diskSyncs }
                .compactMap { name in
                    guard let row = run[name] else { return nil }
                    let commits = row.commitsPerSecond
                    return [
                        "`\(name)`", run.name, Table.number(row.jobsPerSecond), commits.map(Table.number) ?? "",
                        commits.map { Table.number(row.jobsPerSecond / $0) } ?? "", syncs.map(Table.number) ?? "",
                        syncs.map { Table.number(row.jobsPerSecond / $0) } ?? "",
                    ]
                }
        }
        guard !lines.isEmpty else { return "" }
        return Markdown.table(
            ["row", "run", "jobs/s", "commits/s", "jobs a commit", "the disk's syncs/s", "jobs a sync"],
            alignment: "llrrrrr", lines)
    }
}
