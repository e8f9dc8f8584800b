import Foundation
import ToolOptions

/// Prints measurements as a table, line by line as they come, and saves them.
final class Report {
    private let json: FileHandle?
    private let encoder = JSONEncoder()
    /// Saved with the first row.
    private var run: RunInfo?

    /// Truncates the file; `nil` saves nothing.
    init(json path: String?, run: RunInfo) throws {
        self.run = run
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let path else {
            json = nil
            return
        }
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else {
            throw UsageError("can't write \(path)")
        }
        json = file
    }

    /// Prints the head of the table.
    func begin(processors: Int?) {
        if let processors { Self.print("pinned to \(processors) processor(s)") }
        Self.print(Table.line(["row", "n", "median", "mad", "min", "a job", "ratio"]))
    }

    /// Prints and saves the measurements of one row.
    func add(_ measurements: [Measurement]) throws {
        for var measurement in measurements {
            Self.print(line(measurement))
            for (name, ratio) in measurement.ratios.sorted(by: { $0.key < $1.key }) where !name.hasPrefix("floor/") {
                Self.print("  \(Table.ratio(ratio)) of \(name)")
            }
            for (name, value) in measurement.figures.sorted(by: { $0.key < $1.key }) {
                Self.print("  \(name): \(Table.number(value))")
            }
            measurement.run = run
            run = nil
            try json?.write(contentsOf: encoder.encode(measurement) + Data("\n".utf8))
        }
    }

    /// Past the standard library's buffer, which would keep a table that goes to a file to itself until the end.
    private static func print(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }

    private func line(_ measurement: Measurement) -> String {
        Table.line([
            measurement.name, "\(measurement.iterations)", Table.time(measurement.medianNanoseconds),
            Table.time(measurement.deviationNanoseconds), Table.time(measurement.minimumNanoseconds),
            Table.time(measurement.nanosecondsPerJob), measurement.floorRatio.map(Table.ratio) ?? "",
        ])
    }

    /// Reads a saved run.
    static func load(_ path: String) throws -> [Measurement] {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw UsageError("can't read \(path)")
        }
        let lines = text.split(separator: "\n")
        if lines.isEmpty { throw UsageError("\(path) has no rows") }
        return try lines.enumerated().map { index, line in
            do {
                return try JSONDecoder().decode(Measurement.self, from: Data(line.utf8))
            } catch {
                throw UsageError("\(path), line \(index + 1): not a row of a saved run")
            }
        }
    }
}

/// The layout of names and figures in columns.
enum Table {
    /// The first cell to the left, all others to the right.
    static func line(_ cells: [String]) -> String {
        cells.enumerated().map { index, cell in
            let padding = String(repeating: " ", count: max(0, (index == 0 ? 48 : 10) - cell.count))
            return index == 0 ? cell + padding : padding + cell
        }.joined(separator: " ")
    }

    /// Three digits and a unit.
    static func time(_ nanoseconds: Double) -> String {
        switch nanoseconds {
        case ..<1e3: "\(number(nanoseconds)) ns"
        case ..<1e6: "\(number(nanoseconds / 1e3)) µs"
        case ..<1e9: "\(number(nanoseconds / 1e6)) ms"
        default: "\(number(nanoseconds / 1e9)) s"
        }
    }

    static func ratio(_ value: Double) -> String {
        String(format: "%.2f", value)
    }

    /// As few digits as say it.
    static func short(_ value: Double) -> String {
        String(format: "%.3g", value)
    }

    static func number(_ value: Double) -> String {
        String(format: value < 10 ? "%.2f" : value < 100 ? "%.1f" : "%.0f", value)
    }
}
