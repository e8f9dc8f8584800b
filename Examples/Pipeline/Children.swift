import ExampleSupport
import Millrace

/// Makes the submissions of a directory's children.
struct Children {
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
        try context.submission(
            of: payload,
            SubmitOptions(
                // Files of one subtree are a group; scans and sections have none.
                group: bytes == nil ? nil : Tree.subtree(of: directory),
                expectedIO: bytes.map { IOAmount(diskRead: $0) },
                tags: tags + [Tag("directory", boundedText("/\(directory)"))],
                dependencies: dependencies))
    }
}
