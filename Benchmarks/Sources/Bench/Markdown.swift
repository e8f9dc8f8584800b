/// Saved runs as a table for a document: the first run in full, of the others what is compared with the targets.
struct Markdown {
    let runs: [[Measurement]]

    /// A line for each row that was measured and is more than a floor.
    func table() throws -> String {
        let indexed = runs.map { run in Dictionary(run.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first }) }
        guard let first = indexed.first else { return "" }
        let head = [
            "| row | median | MAD | a job | ratio |\(others { _ in " ratio |" }) target | met |",
            "|---|--:|--:|--:|--:|\(others { _ in "--:|" })---|---|",
        ]
        let lines = try Row.all.compactMap { row -> String? in
            guard row.subject != nil, let measurement = first[row.name] else { return nil }
            return try line(measurement, in: indexed)
        }
        return (head + lines).joined(separator: "\n")
    }

    private func line(_ measurement: Measurement, in runs: [[String: Measurement]]) throws -> String {
        let target = try Target.of(measurement.name)
        let values = runs.map { run in
            run[measurement.name].flatMap { target?.value(of: $0, in: run) ?? $0.floorRatio }
        }
        let met = target.map { target in values.map { $0.map { $0 <= target.limit ? "yes" : "no" } ?? "?" } } ?? []
        let cells = [
            "`\(measurement.name)`", Table.time(measurement.medianNanoseconds),
            Table.time(measurement.deviationNanoseconds), Table.time(measurement.nanosecondsPerJob),
        ]
        // Where the target is a time, the column before has it.
        let isRatio = if case .nanoseconds = target { false } else { true }
        let ratios = values.map { isRatio ? $0.map(Table.number) ?? "" : "" }
        return "| "
            + (cells + ratios + [target?.text ?? "", Set(met).count == 1 ? met[0] : met.joined(separator: " / ")])
            .joined(separator: " | ") + " |"
    }

    private func others(_ cell: (Int) -> String) -> String {
        (1..<max(1, runs.count)).map(cell).joined()
    }
}
