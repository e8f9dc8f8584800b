import Foundation

/// A directory for the files of one process; in memory where the system has such a place.
struct FuzzDirectory {
    let path: String

    init() throws {
        let memory = "/dev/shm"
        let parent = FileManager.default.isWritableFile(atPath: memory) ? memory : NSTemporaryDirectory()
        path = "\(parent)/millrace-fuzz-\(getpid())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    /// Deletes the directory and its contents.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
