#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The few calls to the system that look different from one platform to the next.
enum Platform {
    /// Makes a file for its owner alone, which must not exist yet; its descriptor, or -1 with `errno` set.
    static func createExclusively(_ path: String) -> Int32 {
        make(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC)
    }

    /// Opens a file for writing, and makes it for its owner alone if it is not there; its descriptor, or -1.
    static func openOrCreate(_ path: String) -> Int32 {
        make(path, O_RDWR | O_CREAT | O_CLOEXEC)
    }

    /// The path of an existing file from the root, so that it means the same wherever the process goes.
    static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Whether anybody on the machine may make, rename or, without a sticky bit, remove files beside a file.
    static func isOpenToOthers(directoryOf path: String) -> Bool {
        let end = path.lastIndex(of: "/")
        let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        return stat(directory, &status) == 0 && status.st_mode & S_IWOTH != 0
    }

    private static func make(_ path: String, _ flags: Int32) -> Int32 {
        let file = open(path, flags, mode_t(0o600))
        // Whatever the process's mask says.
        if file >= 0 { fchmod(file, mode_t(0o600)) }
        return file
    }
}
