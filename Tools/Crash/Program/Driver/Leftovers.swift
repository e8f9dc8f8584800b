import CrashAudit

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The logs of a queue's workers, kept beside its file in case something is found.
enum Leftovers {
    /// Keeps a worker's log.
    static func keep(_ lines: [LogLine], of worker: Int, beside path: String) {
        let file = open("\(path).log-\(worker)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        System.write(lines.map { $0.text + "\n" }.joined(), to: file)
    }

    /// Deletes a file and its companion files.
    static func remove(_ path: String) {
        for end in ["", "-wal", "-shm", "-wake", ".errors"] { unlink(path + end) }
        var number = 1
        while unlink("\(path).log-\(number)") == 0 { number += 1 }
    }
}
