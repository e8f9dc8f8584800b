/// Saved runs as tables for a document: the first run in full, of the others what is compared with the targets.
struct Markdown {
    let results: Results

    /// A line for each of the rows that was measured in the first run.
    func table(of rows: [Row]) throws -> String {
        let others = results.names.dropFirst()
        let head =
            ["row", "median", "MAD", "a job", "ratio"] + others.map { "ratio, \($0)" } + ["target", "met"]
        return Self.table(
            head, alignment: "l" + String(repeating: "r", count: 4 + others.count) + "ll",
            try rows.compactMap { row in try results.runs.first?[row.name].map(cells) })
    }

    private func cells(_ measurement: Measurement) throws -> [String] {
        let target = try Target.of(measurement.name)
        // Where the target is a time, the column before has it.
        let isRatio = if case .nanoseconds = target { false } else { true }
        let ratios = results.values(of: measurement.name, target: target).map { value in
            isRatio ? value.map(Table.number) ?? "" : ""
        }
        return [
            "`\(measurement.name)`", Table.time(measurement.medianNanoseconds),
            Table.time(measurement.deviationNanoseconds), Table.time(measurement.nanosecondsPerJob),
        ] + ratios + [target?.text ?? "", try results.verdict(of: measurement.name)?.text ?? ""]
    }

    /// A table whose columns are to the left or to the right, a letter for each.
    static func table(_ head: [String], alignment: String, _ lines: [[String]]) -> String {
        let rule = "|" + alignment.map { $0 == "r" ? "--:|" : "---|" }.joined()
        return ([line(head), rule] + lines.map(line)).joined(separator: "\n")
    }

    private static func line(_ cells: [String]) -> String {
        "| " + cells.map { $0.replacing("|", with: "\\|") }.joined(separator: " | ") + " |"
    }

    /// Names as code, those with a common first part together: `` `peek_next` (100, 1000) ``.
    static func names(_ names: [String]) -> String {
        var groups: [(first: Substring, names: [String])] = []
        for name in names {
            let first = name.prefix { $0 != "/" }
            if let index = groups.firstIndex(where: { $0.first == first }) {
                groups[index].names.append(name)
            } else {
                groups.append((first, [name]))
            }
        }
        return groups.map { first, names in
            if names.count == 1 { return "`\(names[0])`" }
            let rest = names.map { $0 == first ? "itself" : String($0.dropFirst(first.count + 1)) }
            return "`\(first)` (\(rest.joined(separator: ", ")))"
        }.joined(separator: ", ")
    }
}
