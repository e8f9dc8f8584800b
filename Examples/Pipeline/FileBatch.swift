/// Files of one directory and one extension that are counted by one job.
struct FileBatch {
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
