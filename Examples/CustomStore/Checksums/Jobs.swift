import ExampleSupport
import Foundation
import Millrace

/// Finds the files below a directory, and makes a job of each.
struct List: Job {
    static let type: JobType = "list"
    var root: String
}

/// Reads a file.
struct Digest: Job {
    static let type: JobType = "digest"
    static let options = JobOptions(retry: RetryPolicy.none)
    /// The path relative to the root.
    var path: String
}

/// Submits all files in one batch: one line of the journal, so that they are there or not.
struct Lister: JobExecutor {
    let root: String

    func execute(_ job: List, in context: JobContext) async throws {
        // An attempt that was killed behind its batch has nothing left to do.
        guard try await context.queue.count(JobQuery(types: [Digest.type])) == 0 else { return }
        let paths = try await onThread { [root] in try Self.files(below: root) }
        try await context.queue.submit(contentsOf: paths.map { Digest(path: $0) })
    }

    /// The paths of all regular files, in a fixed order.
    private static func files(below root: String) throws -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: root) else {
            throw JobError.permanent("\(root) can't be listed")
        }
        return walk.compactMap { $0 as? String }.filter { path in
            let attributes = try? FileManager.default.attributesOfItem(atPath: "\(root)/\(path)")
            return attributes?[.type] as? FileAttributeType == .typeRegular
        }.sorted()
    }
}

/// Reads a file in pieces, on a thread.
struct Digester: JobExecutor {
    let root: String

    func execute(_ job: Digest, in context: JobContext) async throws -> String {
        try await onThread { [root] isCancelled in
            guard let file = FileHandle(forReadingAtPath: "\(root)/\(job.path)") else {
                throw JobError.permanent("the file can't be opened")
            }
            defer { try? file.close() }
            var hash = FNV1a128()
            while let piece = try file.read(upToCount: 1 << 16), !piece.isEmpty {
                if isCancelled() { throw CancellationError() }
                hash.update(piece)
            }
            return hash.digest
        }
    }
}
