import ToolOptions

/// Two saved runs side by side, by the rows that both have.
///
/// The runs were made at different times, and machines drift: where a row has a floor, the change of its ratio to the
/// floor of its own run is what counts, and the change of its time is only shown.
struct Comparison {
    let first: [Measurement]
    let second: [Measurement]

    /// A line a row: both times, the second over the first, and the same for the ratios to the floor.
    ///
    /// An error if there is no such row.
    var table: String {
        get throws {
            let before = Dictionary(first.map { ($0.name, $0) }, uniquingKeysWith: { $1 })
            let lines = second.compactMap { after in before[after.name].map { line($0, after) } }
            if lines.isEmpty { throw UsageError("the runs have no row in common") }
            let head = Table.line(["row", "A", "B", "B / A", "A / floor", "B / floor", "B / A"])
            return ([head] + lines).joined(separator: "\n")
        }
    }

    private func line(_ before: Measurement, _ after: Measurement) -> String {
        var cells = [
            after.name, Table.time(before.medianNanoseconds), Table.time(after.medianNanoseconds),
            Table.ratio(after.medianNanoseconds / before.medianNanoseconds),
        ]
        if let old = before.floorRatio, let new = after.floorRatio {
            cells += [Table.ratio(old), Table.ratio(new), Table.ratio(new / old)]
        }
        return Table.line(cells)
    }
}
