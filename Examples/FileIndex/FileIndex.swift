import CommandOptions
import Foundation
import Millrace

/// Indexes a directory tree: checksums, duplicates, the largest files.
///
/// It may be killed at any moment; started again with the same arguments it goes on where it was, and ends with the
/// same report.
@main
struct FileIndex {
    static func main() async {
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            exit(try await FileIndex(options: options).run())
        } catch let mistake as UsageError {
            complain("file-index: \(mistake)\n\n\(Options.usage)")
            exit(2)
        } catch {
            complain("file-index: \(error)")
            exit(1)
        }
    }

    private let options: Options

    private func run() async throws -> Int32 {
        if options.isFresh { try await forget() }
        let queue = try await openQueue()
        let known = try await queue.jobs(JobQuery(types: ["index.report"], limit: 1)).jobs.first
        if let known {
            let root = try JSONCoder().decode(WriteReport.self, from: known.payload).root
            guard root == options.directory else {
                complain("file-index: \(options.database) indexes \(root); give --fresh or another --database")
                return 2
            }
            if known.state == .completed, let output = known.output {
                let report = try JSONCoder().decode(Report.self, from: output)
                print("\(root) was indexed before; here is its report again. Give --fresh to index it anew.")
                try report.write(to: options.report)
                tell(report)
                await queue.close()
                return 0
            }
            if known.state.isTerminal {
                print("\(root) was indexed before, but the report was not written: once more")
                try await queue.submit(WriteReport(root: root))
            } else {
                print("going on with \(root)")
            }
        } else {
            try await queue.submit(batch: [
                queue.submission(of: ScanDirectory(path: options.directory)),
                queue.submission(
                    of: WriteReport(root: options.directory), SubmitOptions(dependencies: [.submission(0)])),
            ])
        }
        return try await work(off: queue)
    }

    /// Deletes the database if it belongs to a queue, so that no other file is deleted by mistake.
    private func forget() async throws {
        guard FileManager.default.fileExists(atPath: options.database) else { return }
        await (try await openQueue()).close()
        for path in options.databaseFiles where FileManager.default.fileExists(atPath: path) {
            try FileManager.default.removeItem(atPath: path)
        }
    }

    private func openQueue() async throws -> JobQueue {
        try await JobQueue(path: options.database, concurrency: options.concurrency) { configuration in
            // The results are needed until the report is written, and a kill is no job's fault here.
            configuration.retention = nil
            configuration.maximumCrashes = .max
            configuration.setState(OwnFiles(paths: options.ownFiles))
        } domains: {
            Domain("index") {
                Scan()
                Checksum(command: options.checksumCommand)
                MakeReport(path: options.report)
            }
        }
    }

    private func work(off queue: JobQueue) async throws -> Int32 {
        let start = ContinuousClock.now
        let before = try await queue.counts().terminal
        let signal = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await Progress(queue: queue).run() }
            defer { group.cancelAll() }
            return try await queue.runUntilSignal(untilIdle: true)
        }
        let took = start.duration(to: .now)
        guard signal == nil else {
            await queue.close()
            print("interrupted; the same command goes on where this one stopped")
            return 130
        }
        let last = try await queue.jobs(JobQuery(types: ["index.report"], limit: 1)).jobs.first
        guard let last, last.state == .completed, let output = last.output else {
            complain("file-index: the report was not written: \(last?.failure?.message ?? "it has not run")")
            return 1
        }
        tell(try JSONCoder().decode(Report.self, from: output))
        tellFigures(queue.counters, jobs: try await queue.counts().terminal - before, took)
        await queue.close()
        return 0
    }

    private func tell(_ report: Report) {
        print(report.summary)
        print("report: \(options.report)")
    }

    private func tellFigures(_ figures: JobQueue.Counters, jobs: Int, _ took: Duration) {
        let seconds = Double(took.components.seconds) + Double(took.components.attoseconds) / 1e18
        print(
            """
            jobs: \(jobs)
            attempts: \(figures.attempts)
            batches committed: \(figures.batches)
            mean batch size: \(String(format: "%.1f", figures.meanBatchSize))
            jobs per second: \(String(format: "%.0f", Double(jobs) / max(seconds, 0.001)))
            """)
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }

    private func complain(_ text: String) {
        Self.complain(text)
    }
}
