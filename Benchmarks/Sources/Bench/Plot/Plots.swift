import Foundation
import ToolOptions

/// The plots that saved runs can be drawn as; what no run has measured is left out, and with it a plot that would be
/// empty.
struct Plots {
    let results: Results

    /// The folder of a document's plots, relative to the document.
    static let directory = "Plots"

    /// The plots by the names of their files, without the extension.
    var all: [String: SVG] { drawings.compactMapValues(\.self) }

    /// `nil` for a plot that would be empty.
    private var drawings: [String: SVG?] {
        [
            "ratio-memory": ratios("Time over the floor’s, in memory") { $0.isOfReference && $0.store == .memory },
            "ratio-file": ratios("Time over the floor’s, on a file") { $0.isOfReference && $0.store != .memory },
            "ratio-load": ratios("Time over the floor’s, load and size") { !$0.isOfReference && !$0.isLatency },
            "backlog": backlog, "concurrency": concurrency, "latency": latency, "durability": durability,
        ]
    }

    /// Writes a file for each plot, and returns their paths.
    ///
    /// What an earlier call has written for a plot that is empty now is deleted, so that no plot is left of other runs.
    @discardableResult func write(to directory: String) throws -> [String] {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            return try drawings.sorted { $0.key < $1.key }.compactMap { name, drawing in
                let path = "\(directory)/\(name).svg"
                guard let drawing else {
                    try? FileManager.default.removeItem(atPath: path)
                    return nil
                }
                try drawing.source.write(toFile: path, atomically: true, encoding: .utf8)
                return path
            }
        } catch {
            throw UsageError("can't write plots to \(directory): \(error.localizedDescription)")
        }
    }

    private func ratios(_ title: String, where condition: (Row) -> Bool) -> SVG? {
        let lines = results.rows(where: condition).compactMap { row -> BarPlot.Line? in
            let values = results.runs.map { $0[row.name]?.floorRatio }
            if values.allSatisfy({ $0 == nil }) { return nil }
            let target = if case .floor(let limit)? = try? Target.of(row.name) { limit } else { Double?.none }
            return BarPlot.Line(label: row.name, values: values, target: target)
        }
        if lines.isEmpty { return nil }
        return BarPlot(
            title: title, unit: "times the floor’s time", series: results.names, lines: lines, scale: .binary,
            origin: 1,
            targetName: lines.contains { $0.target != nil } ? "target" : nil
        ).drawing
    }

    private var backlog: SVG? {
        let sizes = Row.backlogSizes.map(\.label)
        let kinds: [(name: String, suffix: String, color: Int)] = [
            ("memory", "", 0), ("memory, keys", "/keys", 1), ("file", "/file-normal", 2),
            ("file, keys", "/keys/file-normal", 3),
        ]
        return curves(
            title: "A turn’s cost at a backlog", pointsName: "pending jobs",
            unit: "µs a job, claimed, run and completed",
            scale: .decimal,
            points: Row.backlogSizes.map { LinePlot.Point(label: $0.label, place: log10(Double($0.jobs))) },
            kinds.flatMap { kind in
                [("", false), ("floor/", true)].map { prefix, isFloor in
                    let name = isFloor ? "floor, \(kind.name)" : kind.name
                    let values = sizes.map { size in
                        results.runs.first?["\(prefix)backlog/\(size)\(kind.suffix)"].map { $0.nanosecondsPerJob / 1e3 }
                    }
                    return LinePlot.Series(name: name, values: values, color: kind.color, isDashed: isFloor)
                }
            })
    }

    private var concurrency: SVG? {
        let points = [1, 2, 4, 8]
        let series = StoreKind.allCases.enumerated().flatMap { color, store in
            [("", false), ("floor/", true)].map { prefix, isFloor in
                let values = points.map { point in
                    results.runs.first?[prefix + Row.name("concurrency_scaling/\(point)", store)]?.jobsPerSecond
                }
                let name = isFloor ? "floor, \(store.rawValue)" : store.rawValue
                return LinePlot.Series(name: name, values: values, color: color, isDashed: isFloor)
            }
        }
        return curves(
            title: "Jobs a second over concurrency", pointsName: "concurrency",
            unit: "jobs a second, submitted and executed",
            scale: .decimal, points: points.map { LinePlot.Point(label: "\($0)", place: log2(Double($0))) }, series)
    }

    private var latency: SVG? {
        let names = Row.latencies.flatMap(\.allNames)
        let series = names.enumerated().flatMap { color, name in
            results.runs.enumerated().map { number, run in
                LinePlot.Series(
                    name: "\(name.replacing("latency/", with: "")), \(run.name)",
                    values: LatencyFigures.names.map { run[name]?.figures[$0] }, color: color, isDashed: number > 0)
            }
        }
        return curves(
            title: "Latency at half of the full rate, on a file", pointsName: "percentile",
            unit: "µs", scale: .decimal,
            points: ["p50", "p99", "p99.9", "longest"].enumerated().map {
                LinePlot.Point(label: $1, place: Double($0))
            }, series)
    }

    private var durability: SVG? {
        let values: [(String, (Results.Run) -> Double?)] = [
            ("jobs", { $0["durable/64"]?.jobsPerSecond }), ("commits", { $0["durable/64"]?.commitsPerSecond }),
            ("jobs of the floor", { $0["floor/durable/64"]?.jobsPerSecond }),
            ("commits of the floor", { $0["floor/durable/64"]?.commitsPerSecond }),
            ("syncs of the disk", { $0[Row.diskSyncs]?.figures["syncs per second"] }),
        ]
        let lines = values.map { label, value in BarPlot.Line(label: label, values: results.runs.map(value)) }
            .filter { $0.values.contains { $0 != nil } }
        if lines.isEmpty { return nil }
        return BarPlot(
            title: "Every commit on the disk: 64 submitters, 64 executors", unit: "a second", series: results.names,
            lines: lines, scale: .linear, origin: 0
        ).drawing
    }

    /// A plot of the series that were measured, at the points that at least one of them has.
    private func curves(
        title: String, pointsName: String, unit: String, scale: Axis.Scale, points: [LinePlot.Point],
        _ series: [LinePlot.Series]
    ) -> SVG? {
        let measured = series.filter { $0.values.contains { $0 != nil } }
        let kept = points.indices.filter { index in measured.contains { $0.values[index] != nil } }
        if kept.isEmpty { return nil }
        return LinePlot(
            title: title, pointsName: pointsName, points: kept.map { points[$0] }, unit: unit, scale: scale,
            series: measured.map { series in
                LinePlot.Series(
                    name: series.name, values: kept.map { series.values[$0] }, color: series.color,
                    isDashed: series.isDashed)
            }
        ).drawing
    }
}
