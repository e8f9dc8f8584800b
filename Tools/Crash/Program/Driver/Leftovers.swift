import CrashAudit

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// What stands beside a queue's file for the case that something is found: the logs of its workers.
enum Leftovers {
    /// Keeps a worker's log.
    static func keep(_ lines: [LogLine], of worker: Int, beside path: String) {
        let file = open("\(path).log-\(worker)", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        System.write(lines.map { $0.text + "\n" }.joined(), to: file)
    }

    /// Deletes a file with all that stands beside it.
    static func remove(_ path: String) {
        for end in ["", "-wal", "-shm", "-wake", ".errors"] { unlink(path + end) }
        var number = 1
        while unlink("\(path).log-\(number)") == 0 { number += 1 }
    }
}
