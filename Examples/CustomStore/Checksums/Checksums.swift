import ExampleSupport
import Foundation
import JournalStore
import Millrace
import QueueStoreKit

/// Prints the checksums of all files below a directory, as `sha256sum` would, through a queue whose store is a journal.
///
/// Killed at any moment, it goes on where it was when it is started again. What it knows is in the journal, a text
/// file.
@main
struct Checksums {
    static func main() async {
        do {
            exit(try await run(Array(CommandLine.arguments.dropFirst())))
        } catch let error as QueueError where error.code == .busy {
            complain("checksums: \(error.message)")
            exit(1)
        } catch {
            complain("checksums: \(error)")
            exit(1)
        }
    }

    private static func run(_ arguments: [String]) async throws -> Int32 {
        guard (1...2).contains(arguments.count), !arguments[0].hasPrefix("-") else {
            complain("usage: checksums DIRECTORY [JOURNAL]    (default: checksums.journal)")
            return 2
        }
        let root = URL(filePath: arguments[0]).standardizedFileURL.path
        let path = arguments.count > 1 ? arguments[1] : "checksums.journal"

        // Only the store differs from a queue on SQLite.
        let store = try await JournalStore(path: path)
        var configuration = QueueConfiguration(coder: JSONCoder(), concurrency: 4)
        configuration.retention = nil
        // A kill is the user's, and no file's fault.
        configuration.maximumCrashes = .max
        let queue = try JobQueue(store: store, configuration: configuration) {
            Lister(root: root)
            Digester(root: root)
        }
        if try await queue.count(JobQuery(types: [List.type])) == 0 { try await queue.submit(List(root: root)) }
        guard try await isSameRoot(root, in: queue) else {
            complain("checksums: \(path) is of another directory")
            await queue.close()
            return 2
        }
        let signal = try await queue.runUntilSignal(untilIdle: true)
        let faults = try await queue.store.check()
        for fault in faults { complain("checksums: \(fault)") }
        let failures = try await report(queue)
        complain("calls read from the journal: \(store.replayedCalls)")
        await queue.close()
        if signal != nil { return 130 }
        return faults.isEmpty && failures == 0 ? 0 : 1
    }

    private static func isSameRoot(_ root: String, in queue: JobQueue) async throws -> Bool {
        guard let list = try await queue.jobs(JobQuery(types: [List.type])).jobs.first else { return true }
        return try JSONCoder().decode(List.self, from: list.payload).root == root
    }

    /// Prints the checksums by path, and returns the number of files without one.
    private static func report(_ queue: JobQueue) async throws -> Int {
        var lines: [(path: String, line: String)] = []
        var failures = 0
        var query = JobQuery(types: [Digest.type], order: .oldestFirst, limit: 10_000)
        repeat {
            let page = try await queue.jobs(query)
            for job in page.jobs {
                let path = try JSONCoder().decode(Digest.self, from: job.payload).path
                if let output = job.output {
                    lines.append((path, "\(try JSONCoder().decode(String.self, from: output))  \(path)"))
                } else if let failure = job.failure {
                    failures += 1
                    complain("\(path): \(failure.message)")
                }
            }
            query.after = page.next
        } while query.after != nil
        for (_, line) in lines.sorted(by: { $0.path < $1.path }) { print(line) }
        return failures
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
    }
}
