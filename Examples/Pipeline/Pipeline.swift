import CommandOptions
import Foundation
import Millrace

/// Works off a directory tree in four stages that depend on one another: scan, count and checksum, publish, report.
///
/// It may be killed at any moment; started again with the same arguments it goes on where it was, and ends with the
/// same report.
@main
struct Pipeline {
    static func main() async {
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            exit(try await Pipeline(options: options).run())
        } catch let mistake as UsageError {
            complain("pipeline: \(mistake)\n\n\(Options.usage)")
            exit(2)
        } catch {
            complain("pipeline: \(error)")
            exit(1)
        }
    }

    let options: Options

    private func run() async throws -> Int32 {
        if let file = options.urgent { return try await UrgentCount(file: file, options: options).run() }
        if options.isFresh { try await forget() }
        let queue = try await openQueue()
        if let rate = options.rate { try queue.limits.setRateLimit(.perSecond(rate), of: PublishSection.self) }
        let known = try await queue.jobs(JobQuery(types: ["report.write"], limit: 1)).jobs.first
        if let known {
            let root = try JSONCoder().decode(WriteReport.self, from: known.payload).root
            guard root == options.directory else {
                complain("pipeline: \(options.database) is of \(root); give --fresh or another --database")
                return 2
            }
            if known.state == .completed {
                print("\(root) was worked off before; here is its report again. Give --fresh to begin anew.")
                return try await finish(queue)
            }
            print("going on with \(root)")
        }
        if known?.state.isTerminal ?? true { try await begin(queue) }
        let signal = try await work(off: queue)
        guard signal == nil else {
            await queue.close()
            print("interrupted; the same command goes on where this one stopped")
            return 130
        }
        return try await finish(queue)
    }

    /// The jobs from which all others come, in one transaction; each waits for those that it depends on, across
    /// domains.
    private func begin(_ queue: JobQueue) async throws {
        try await queue.submit(batch: [
            queue.submission(of: ScanDirectory(path: "")),
            queue.submission(of: PublishSection(path: ""), SubmitOptions(dependencies: [.submission(0)])),
            queue.submission(
                of: WriteReport(root: options.directory),
                SubmitOptions(dependencies: [.submission(0), .submission(1)])),
        ])
    }

    private func work(off queue: JobQueue) async throws -> JobQueue.StopSignal? {
        try await withThrowingTaskGroup(of: Void.self) { group in
            let display = Display(queue: queue, explains: options.explains)
            group.addTask { await display.run() }
            defer { group.cancelAll() }
            return try await queue.runUntilSignal(untilIdle: true)
        }
    }

    /// Reports the outcome.
    private func finish(_ queue: JobQueue) async throws -> Int32 {
        let last = try await queue.jobs(JobQuery(types: ["report.write"], limit: 1)).jobs.first
        guard let last, last.state == .completed, let output = last.output else {
            complain("pipeline: the report was not written: \(last?.failure?.message ?? "it has not run")")
            return 1
        }
        let report = try JSONCoder().decode(Report.self, from: output)
        try report.write(to: options.report)
        print(report.summary)
        print(try await Closing(queue: queue, report: report).text())
        await queue.close()
        print("report: \(options.report)")
        guard options.verifies else { return 0 }
        let differences = Verification(tree: options.tree).differences(from: report)
        for difference in differences { complain("pipeline: \(difference)") }
        if differences.isEmpty { print("verified: a plain loop over the tree finds the same") }
        return differences.isEmpty ? 0 : 1
    }

    /// Deletes the database if it belongs to a queue, so that no other file is deleted by mistake.
    private func forget() async throws {
        guard FileManager.default.fileExists(atPath: options.database) else { return }
        await (try await openQueue()).close()
        for path in options.databaseFiles where FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    private func complain(_ text: String) {
        Self.complain(text)
    }
}
