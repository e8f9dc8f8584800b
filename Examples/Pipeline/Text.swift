import ExampleSupport
import Millrace

/// Counts the lines and words of files.
struct CountFiles: Job {
    static let type: JobType = "count"
    static let options = JobOptions(
        priority: .normal,
        retry: .exponential(from: .milliseconds(20), upTo: .seconds(1), jitter: .full, retries: 3),
        tags: [Tag("kind", "text")])
    /// Relative to the root, or absolute.
    var paths: [String]
    /// The total size in bytes when the files were found.
    var bytes: Int64
    var label: String? { paths.first.map { boundedText($0, bytes: 256) } }
}

struct Count: JobExecutor {
    let reader: FileReader

    func execute(_ job: CountFiles, in context: JobContext) async throws -> Tally {
        guard let tree = context.state(Tree.self) else { throw JobError.permanent("no tree was given") }
        var sum = Tally()
        var done: Int64 = 0
        for path in job.paths {
            var counter = TextCounter()
            do {
                try await reader.read(tree.absolute(path), in: context) { part in
                    counter.add(part)
                    done += Int64(part.count)
                    context.report(bytes: done, of: job.bytes, message: path)
                }
                sum.add(counter.tally(of: path))
            } catch {
                // Told to stop, or a file that can't be read: which is the report's business, and no reason to try
                // again.
                try context.checkCancellation()
                sum.unreadable.append(path)
            }
        }
        return sum
    }
}
