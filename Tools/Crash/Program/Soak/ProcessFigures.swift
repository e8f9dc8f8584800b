#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The size of this process and its files.
enum ProcessFigures {
    /// Bytes of memory; where there is no `/proc`, the most there ever were.
    static var memory: Double {
        #if canImport(Darwin)
            var usage = rusage()
            getrusage(RUSAGE_SELF, &usage)
            return Double(usage.ru_maxrss)
        #else
            // The second field of statm: pages that are in memory (proc(5)).
            let fields = contents(of: "/proc/self/statm")?.split(separator: " ") ?? []
            return (fields.count > 1 ? Double(fields[1]) ?? 0 : 0) * Double(sysconf(Int32(_SC_PAGESIZE)))
        #endif
    }

    /// Threads; 0 where there is no `/proc`.
    static var threads: Double {
        let status = contents(of: "/proc/self/status")?.split(separator: "\n") ?? []
        let line = status.first { $0.hasPrefix("Threads:") }
        return line.flatMap { Double($0.dropFirst(8).drop { $0 == "\t" || $0 == " " }) } ?? 0
    }

    /// Open descriptors.
    static var descriptors: Double {
        // Asked one by one: a look at a directory of them would be one itself.
        Double((0..<Int32(1024)).count { fcntl($0, F_GETFD) >= 0 })
    }

    /// The size of a file, which is not opened: closing it would drop SQLite's locks.
    static func size(of path: String) -> Double {
        var status = stat()
        return stat(path, &status) == 0 ? Double(status.st_size) : 0
    }

    private static func contents(of path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = read(file, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }
}
