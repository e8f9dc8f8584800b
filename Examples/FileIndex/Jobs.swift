import ExampleSupport
import Foundation
import Millrace

// The three kinds of jobs. A scan spawns the scans of the directories and the checksums of the files that it finds, so
// it ends when all below it has ended; the report depends on the scan of the root.

/// Lists one directory.
struct ScanDirectory: Job {
    static let type: JobType = "scan"
    /// A file that can't be read is the report's business, and must not take the other files with it.
    static let options = JobOptions(priority: .high, failFast: false)
    var path: String
    /// A scan that is repeated after a crash finds what it had spawned by its key.
    var uniqueness: Uniqueness { .key(boundedText(path)) }
}

/// Reads one file.
struct ChecksumFile: Job {
    static let type: JobType = "checksum"
    static let options = JobOptions(
        retry: .exponential(from: .milliseconds(20), upTo: .seconds(1), jitter: .full, retries: 3), group: "disk")
    var path: String
    var uniqueness: Uniqueness { .key(boundedText(path)) }
}

/// Writes the report on all of them.
struct WriteReport: Job {
    static let type: JobType = "report"
    var root: String
}

/// Which files the program writes itself: given to executors as state.
struct OwnFiles: Sendable {
    let paths: Set<String>
}

struct Scan: JobExecutor {
    /// Paths of directories that could not be listed.
    struct Output: Codable, Sendable {
        var unreadable: [String] = []
    }

    func execute(_ job: ScanDirectory, in context: JobContext) async throws -> Output {
        let own = context.state(OwnFiles.self)?.paths ?? []
        let listing: [(path: String, isDirectory: Bool)]
        do {
            listing = try await onThread { try Self.list(job.path) }
        } catch {
            return Output(unreadable: [job.path])
        }
        let spawned = try await Self.spawned(by: context)
        let new = listing.filter { !own.contains($0.path) && !spawned.contains(boundedText($0.path)) }
        // Two transactions per directory, however many files it has.
        try await context.spawn(contentsOf: new.filter(\.isDirectory).map { ScanDirectory(path: $0.path) })
        try await context.spawn(contentsOf: new.filter { !$0.isDirectory }.map { ChecksumFile(path: $0.path) })
        return Output()
    }

    /// The keys of what an earlier attempt has spawned: of the jobs among them that have ended, keys are free again.
    private static func spawned(by context: JobContext) async throws -> Set<String> {
        var keys: Set<String> = []
        if context.attempt == 1 { return keys }
        try await Report.forEach(JobQuery(parent: context.id), in: context.queue) { job in
            if case .text(let key) = job.key { keys.insert(key) }
        }
        return keys
    }

    /// The subdirectories and regular files of a directory.
    ///
    /// Links are not followed.
    private static func list(_ directory: String) throws -> [(path: String, isDirectory: Bool)] {
        let manager = FileManager.default
        return try manager.contentsOfDirectory(atPath: directory).sorted().compactMap { name in
            let path = directory == "/" ? "/\(name)" : "\(directory)/\(name)"
            // A file that vanishes between the two calls is not indexed.
            switch try? manager.attributesOfItem(atPath: path)[.type] as? FileAttributeType {
            case .typeDirectory?: return (path, true)
            case .typeRegular?: return (path, false)
            default: return nil
            }
        }
    }
}

struct Checksum: JobExecutor {
    /// An external program and its arguments; empty: the built-in checksum.
    let command: [String]

    struct Output: Codable, Hashable, Sendable {
        var bytes: Int64
        var checksum: String
    }

    func execute(_ job: ChecksumFile, in context: JobContext) async throws -> Output {
        let builtIn = try await onThread { isCancelled in
            try FNV1a128.ofFile(job.path, isCancelled: isCancelled, hashing: command.isEmpty)
        }
        context.report(io: IOAmount(diskRead: builtIn.bytes))
        if command.isEmpty { return Output(bytes: builtIn.bytes, checksum: builtIn.checksum) }
        return Output(bytes: builtIn.bytes, checksum: try await runProgram(command + [job.path]))
    }
}
