import ExampleSupport
import Millrace

/// Lists one directory.
///
/// What is found becomes children: more scans, batches of files to count, large files to checksum. The scan ends with
/// the sum of all of them, so the scan of the root ends with that of the tree.
struct ScanDirectory: Job {
    static let type: JobType = "directory"
    /// Children run at least as urgently as their parent, so a parent is the least urgent.
    ///
    /// A file that a child can't read counts as unreadable and does not fail the others.
    static let options = JobOptions(priority: .background, failFast: false, tags: [Tag("kind", "scan")])
    var path: String
    var uniqueness: Uniqueness { .key(Self.key(path)) }
    var label: String? { Self.key(path) }

    private static func key(_ path: String) -> String { boundedText("/\(path)") }

    /// The result of the scan of a directory, for jobs that depend on it.
    static func result(of path: String, in context: JobContext) async throws -> Tally {
        let query = JobQuery(states: [.completed], types: ["scan.directory"], key: .text(key(path)), limit: 1)
        guard let scan = try await context.queue.jobs(query).jobs.first,
            let tally = try context.output(of: scan, as: Tally.self)
        else { throw JobError.permanent("the scan is not in the store any more") }
        return tally
    }
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
        try await context.spawn(batch: Children(of: job, in: context).submissions(for: entries, tree))
        return own
    }

    /// Adds up what the children have found, however they ended.
    func finalize(_ job: ScanDirectory, output: Tally, in context: JobContext) async throws -> Tally {
        var sum = output
        for child in try await context.children() {
            if child.state == .completed, let found = try context.output(of: child, as: Tally.self) {
                sum.add(found)
            } else {
                sum.unreadable += try Self.paths(of: child)
            }
        }
        sum.arrange()
        return sum
    }

    /// The files that a child should have read.
    private static func paths(of child: JobRecord) throws -> [String] {
        let coder = JSONCoder()
        return switch child.type {
        case "scan.directory": [try coder.decode(ScanDirectory.self, from: child.payload).path]
        case "text.count": try coder.decode(CountFiles.self, from: child.payload).paths
        case "checksum.file": [try coder.decode(ChecksumFile.self, from: child.payload).path]
        // Sections read nothing.
        default: []
        }
    }
}
