import CommandOptions
import Foundation
import Millrace

/// Runs the lines of the standard input as commands, several at once, and remembers which have ended.
///
/// Killed at any moment, it goes on with `--resume`: no line that had ended runs again, and every other one runs.
@main
struct RunLines {
    static func main() async {
        do {
            let options = try Options(Array(CommandLine.arguments.dropFirst()))
            exit(try await RunLines(options: options).run())
        } catch let mistake as UsageError {
            complain("run-lines: \(mistake)\n\n\(Options.usage)")
            exit(2)
        } catch let mistakes as LineMistakes {
            for mistake in mistakes.all { complain("run-lines: \(mistake)") }
            complain("run-lines: nothing was run")
            exit(2)
        } catch {
            complain("run-lines: \(error)")
            exit(1)
        }
    }

    private let options: Options

    private func run() async throws -> Int32 {
        let isThere = FileManager.default.fileExists(atPath: options.database)
        if options.resumes {
            guard isThere else { throw UsageError("there is nothing to resume: no \(options.database)") }
        } else if isThere {
            throw UsageError(
                "\(options.database) has the lines of an earlier run; give --resume, another --database, or remove it")
        }
        // All lines are read and understood before any of them is stored.
        let lines = options.resumes ? [] : try Line.all(of: FileHandle.standardInput.readToEnd() ?? Data())
        try FileManager.default.createDirectory(atPath: options.output, withIntermediateDirectories: true)
        let queue = try await openQueue()
        // One transaction: a kill leaves all lines stored, or none.
        try await queue.submit(batch: lines.map { try submission(of: $0, in: queue) })
        let signal = try await queue.runUntilSignal(untilIdle: true)
        let summary = try await Summary(of: queue)
        await queue.close()
        print(summary)
        guard signal == nil || summary.left == 0 else {
            print("interrupted; the rest runs with --resume")
            return 130
        }
        if summary.left > 0 || !summary.failures.isEmpty { return 1 }
        try forget()
        return 0
    }

    private func openQueue() async throws -> JobQueue {
        try await JobQueue(path: options.database, concurrency: options.jobs) { configuration in
            // The summary is of all lines, and a kill is no line's fault.
            configuration.retention = nil
            configuration.maximumCrashes = .max
            configuration.shutdownTimeLimit = .seconds(10)
        } domains: {
            LineRunner(output: options.output)
        }
    }

    private func submission(of line: Line, in queue: JobQueue) throws -> JobSubmission {
        try queue.submission(
            of: RunLine(number: line.number, words: line.words),
            SubmitOptions(
                priority: line.priority, retry: .constant(options.delay, retries: options.retries),
                timeout: options.timeout, uniqueness: .key("\(line.number)")))
    }

    /// Deletes the database: a complete run has nothing to resume.
    private func forget() throws {
        for suffix in ["", "-wal", "-shm", "-wake", "-journal"] {
            let path = options.database + suffix
            if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        }
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
}
