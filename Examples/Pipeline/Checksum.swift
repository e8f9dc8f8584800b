import ExampleSupport
import Millrace

/// Checksums a large file.
struct ChecksumFile: Job {
    static let type: JobType = "file"
    static let options = JobOptions(priority: .background, tags: [Tag("kind", "checksum")])
    var path: String
    /// The size in bytes when the file was found.
    var bytes: Int64
    var label: String? { boundedText(path, bytes: 256) }
}

struct Checksum: JobExecutor {
    let reader: FileReader

    /// The progress of an attempt.
    ///
    /// The next goes on from there: after a crash, or when the job was set aside for a more urgent one.
    private struct Checkpoint: Codable {
        var offset: Int64 = 0
        var digest = FNV1a128().digest
    }

    /// Saving is a write to the store: once in so many bytes, which take a second at least.
    private var bytesPerCheckpoint: Int64 { min(reader.bytesPerSecond ?? .max, 256 << 20) }

    func execute(_ job: ChecksumFile, in context: JobContext) async throws -> Tally {
        guard let tree = context.state(Tree.self) else { throw JobError.permanent("no tree was given") }
        var point = try context.checkpoint(as: Checkpoint.self) ?? Checkpoint()
        guard var hash = FNV1a128(continuing: point.digest) else { throw JobError.permanent("the checkpoint is void") }
        var saved = point.offset
        do {
            try await reader.read(tree.absolute(job.path), from: point.offset, in: context) { part in
                hash.update(part)
                point = Checkpoint(offset: point.offset + Int64(part.count), digest: hash.digest)
                context.report(bytes: point.offset, of: job.bytes, message: job.path)
                if point.offset - saved >= bytesPerCheckpoint {
                    try await context.save(checkpoint: point)
                    saved = point.offset
                }
            }
        } catch {
            try context.checkCancellation()
            if error is QueueError { throw error }
            return Tally(unreadable: [job.path])
        }
        return Tally(large: [Tally.LargeFile(path: job.path, bytes: point.offset, checksum: point.digest)])
    }
}
