/// The saved runs that a document is made of, the first of which is shown in full.
struct Results {
    /// One run, by the names of its rows.
    struct Run {
        var name: String
        let rows: [String: Measurement]
        let info: RunInfo?

        /// Where a row was measured with several others, the first of its measurements counts.
        init(_ measurements: [Measurement], number: Int) {
            rows = Dictionary(measurements.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
            info = measurements.lazy.compactMap(\.run).first
            name =
                switch info?.processors {
                case 1: "one processor"
                case let count?: "\(count) processors"
                case nil: number == 0 ? "all processors" : "run \(number + 1)"
                }
        }

        subscript(name: String) -> Measurement? { rows[name] }
    }

    let runs: [Run]

    init(_ runs: [[Measurement]]) {
        var runs = runs.enumerated().map { Run($1, number: $0) }
        if Set(runs.map(\.name)).count < runs.count {
            for index in runs.indices { runs[index].name += ", run \(index + 1)" }
        }
        self.runs = runs
    }

    /// The names of the runs, which label their columns and bars.
    var names: [String] { runs.map(\.name) }

    /// Rows of the queue that at least one run has measured, in the order of the report.
    func rows(where condition: (Row) -> Bool) -> [Row] {
        Row.all.filter { row in row.subject != nil && condition(row) && runs.contains { $0[row.name] != nil } }
    }

    /// What is compared with a row's target in each run, or without one the ratio to the floor.
    func values(of row: String, target: Target?) -> [Double?] {
        runs.map { run in run[row].flatMap { target?.value(of: $0, in: run.rows) ?? $0.floorRatio } }
    }

    /// A row that has a target, and how it did.
    struct Verdict {
        let row: String
        let target: Target
        let values: [Double?]

        var isMeasured: Bool { values.contains { $0 != nil } }
        /// Whether it was met wherever it was measured.
        var isMet: Bool { values.allSatisfy { $0.map { $0 <= target.limit } ?? true } }

        /// One word if all runs agree, else one for each.
        var text: String {
            let words = values.map { $0.map { $0 <= target.limit ? "yes" : "no" } ?? "?" }
            return Set(words).count == 1 ? words[0] : words.joined(separator: " / ")
        }
    }

    /// The result of a row against its target; `nil` without a target.
    func verdict(of row: String) throws -> Verdict? {
        try Target.of(row).map { Verdict(row: row, target: $0, values: values(of: row, target: $0)) }
    }
}
