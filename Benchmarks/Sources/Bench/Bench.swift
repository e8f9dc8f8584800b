import Floors
import Foundation
import ToolOptions

/// The command: measures the rows that were asked for, lists them, or makes something of saved runs.
@main
struct Bench {
    static func main() async {
        do {
            let options = try Options(
                arguments: CommandLine.arguments.dropFirst(), environment: ProcessInfo.processInfo.environment)
            switch options.command {
            case .compare(let first, let second):
                print(try Comparison(first: Report.load(first), second: Report.load(second)).table)
            case .table(let files):
                print(
                    try Markdown(results: Results(files.map(Report.load))).table(
                        of: Row.all.filter { $0.subject != nil && !$0.isLatency }))
            case .plot(let files, let directory):
                for path in try Plots(results: Results(files.map(Report.load))).write(to: directory) { print(path) }
            case .document(let files, let path):
                try Document.update(path, with: Results(files.map(Report.load)))
            case .work(let directory):
                try await work(in: directory)
            case .list:
                for row in try options.chosen(from: Row.all) { print(row.name) }
            case .run:
                // Before anything starts a thread: threads inherit the binding of the one that starts them.
                if let processors = options.processors, !floor_pin(Int32(clamping: processors)) {
                    throw UsageError("this system does not bind a process to \(processors) processor(s)")
                }
                if try await run(options) > 0 { exit(1) }
            }
        } catch {
            fail("\(error)")
            exit(2)
        }
    }

    /// Measures the chosen rows, reports each when it is done, and returns how many failed.
    private static func run(_ options: Options) async throws -> Int {
        let rows = try options.chosen(from: Row.all)
        let report = try Report(
            json: options.json,
            run: RunInfo(options: options, sources: ProcessInfo.processInfo.environment["COMMIT"]))
        let harness = Harness(pace: options.pace, directory: options.directory)
        var failures = 0
        report.begin(processors: options.processors)
        for row in rows {
            do {
                try report.add(await harness.measure(row))
            } catch {
                failures += 1
                fail("\(row.name): \(error)")
            }
        }
        if failures > 0 { fail("\(failures) of \(rows.count) rows failed") }
        return failures
    }

    private static func fail(_ message: String) {
        FileHandle.standardError.write(Data("millrace-bench: \(message)\n".utf8))
    }
}
