import ExampleSupport
import Millrace

/// Lists one directory.
///
/// What is found becomes children: more scans, batches of files to count, large files to checksum. The scan ends with the sum of all of
/// them, so the scan of the root ends with that of the tree.
struct ScanDirectory: Job {
    static let type: JobType = "directory"
    /// Children run at least as urgently as their parent, so a parent is the least urgent.
    ///
    /// What a child fails at is counted as unreadable, and does not take the others with it.
    static let options = JobOptions(priority: .background, failFast: false, tags: [Tag("kind", "scan")])
    var path: String
    /// By it the directory's section finds the scan.
    var uniqueness: Uniqueness { .key(boundedText("/\(path)")) }
    var label: String? { boundedText("/\(path)") }
}

struct Scan: JobExecutor {
    func execute(_ job: ScanDirectory, in context: JobContext) async throws -> Tally {
        guard let tree = context.state(Tree.self) else { throw JobError.permanent("no tree was given") }
        var own = Tally(directories: 1)
        // The children of an attempt that was interrupted are all there or none, since they come in one transaction.
        if context.attempt > 1, try await context.queue.count(JobQuery(parent: context.id)) > 0 { return own }
        let entries: [Tree.Entry]
        do {
            entries = try await onThread { try tree.list(job.path) }
        } catch {
            own.unreadable = [job.path.isEmpty ? "." : job.path]
            return own
        }
        try context.checkCancellation()
        try await context.queue.submit(batch: Children(of: job, in: context).submissions(for: entries, tree))
        return own
    }

    /// Adds up what the children have found, however they ended.
    func finalize(_ job: ScanDirectory, output: Tally, in context: JobContext) async throws -> Tally {
        var sum = output
        let coder = JSONCoder()
        var query = JobQuery(parent: context.id, order: .oldestFirst, limit: 1000)
        repeat {
            let page = try await context.queue.jobs(query)
            for child in page.jobs {
                if child.state == .completed, let output = child.output {
                    sum.add(try coder.decode(Tally.self, from: output))
                } else {
                    sum.unreadable += try Self.paths(of: child, coder)
                }
            }
            query.after = page.next
        } while query.after != nil
        sum.arrange()
        return sum
    }

    /// What a child should have read.
    private static func paths(of child: JobRecord, _ coder: JSONCoder) throws -> [String] {
        switch child.type {
        case "scan.directory": [try coder.decode(ScanDirectory.self, from: child.payload).path]
        case "text.count": try coder.decode(CountFiles.self, from: child.payload).paths
        case "checksum.file": [try coder.decode(ChecksumFile.self, from: child.payload).path]
        // Sections read nothing.
        default: []
        }
    }
}

/// Makes the submissions of a directory's children.
private struct Children {
    private let job: ScanDirectory
    private let context: JobContext

    init(of job: ScanDirectory, in context: JobContext) {
        self.job = job
        self.context = context
    }

    func submissions(for entries: [Tree.Entry], _ tree: Tree) throws -> [JobSubmission] {
        var batch: [JobSubmission] = []
        for entry in entries where entry.bytes == nil {
            batch.append(try submission(of: ScanDirectory(path: entry.path), directory: entry.path))
            // A directory's section is written when its scan has ended, in another domain and at that one's rate.
            batch.append(
                try submission(
                    of: PublishSection(path: entry.path), directory: entry.path,
                    dependencies: [.submission(batch.count - 1)]))
        }
        for files in FileBatch.batches(of: entries) {
            let tags = [Tag("extension", files.fileExtension)]
            batch.append(
                try submission(
                    of: CountFiles(paths: files.paths, bytes: files.bytes), directory: job.path, tags: tags,
                    expecting: files.bytes))
        }
        for entry in entries {
            guard let bytes = entry.bytes, bytes >= tree.largeFrom else { continue }
            let tags = [Tag("extension", Tree.fileExtension(of: entry.path))]
            batch.append(
                try submission(
                    of: ChecksumFile(path: entry.path, bytes: bytes), directory: job.path, tags: tags, expecting: bytes)
            )
        }
        return batch
    }

    private func submission(
        of payload: some Job, directory: String, tags: [Tag] = [], expecting bytes: Int64? = nil,
        dependencies: [Dependency] = []
    ) throws -> JobSubmission {
        try context.queue.submission(
            of: payload,
            SubmitOptions(
                // Files of one subtree are a group; scans and sections have none.
                group: bytes == nil ? nil : Tree.subtree(of: directory),
                expectedIO: bytes.map { IOAmount(diskRead: $0) },
                tags: tags + [Tag("directory", boundedText("/\(directory)"))],
                dependencies: dependencies, parent: context.id))
    }
}

/// Files of one directory and one extension that are counted by one job.
private struct FileBatch {
    let fileExtension: String
    private(set) var paths: [String] = []
    private(set) var bytes: Int64 = 0

    /// So that a job is neither too small to be worth its row nor so large that it holds up others.
    private static let limits = (files: 64, bytes: 4 << 20 as Int64)

    static func batches(of entries: [Tree.Entry]) -> [FileBatch] {
        let files = entries.filter { $0.bytes != nil }
        let byExtension = Dictionary(grouping: files) { Tree.fileExtension(of: $0.path) }
        return byExtension.sorted { $0.key < $1.key }.flatMap { fileExtension, files in
            var batches = [FileBatch(fileExtension: fileExtension)]
            for file in files {
                let bytes = file.bytes ?? 0
                let last = batches[batches.count - 1]
                if !last.paths.isEmpty, last.paths.count == limits.files || last.bytes + bytes > limits.bytes {
                    batches.append(FileBatch(fileExtension: fileExtension))
                }
                batches[batches.count - 1].paths.append(file.path)
                batches[batches.count - 1].bytes += bytes
            }
            return batches
        }
    }
}
