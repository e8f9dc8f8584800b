#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// System calls that differ between platforms.
enum Platform {
    /// Creates a file for its owner alone and returns its descriptor, or -1 with `errno` set if it exists or on another
    /// error.
    static func createExclusively(_ path: String) -> Int32 {
        make(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC)
    }

    /// Opens a file for writing and returns its descriptor, or -1.
    ///
    /// A file that does not exist is created for its owner alone.
    static func openOrCreate(_ path: String) -> Int32 {
        make(path, O_RDWR | O_CREAT | O_CLOEXEC)
    }

    /// Returns the absolute path of an existing file, which stays valid when the process changes its directory.
    static func absolute(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    /// Returns whether anybody on the machine may create, rename or, without a sticky bit, delete files beside a file.
    static func isOpenToOthers(directoryOf path: String) -> Bool {
        let end = path.lastIndex(of: "/")
        let directory = end.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        var status = stat()
        return stat(directory, &status) == 0 && status.st_mode & S_IWOTH != 0
    }

    private static func make(_ path: String, _ flags: Int32) -> Int32 {
        let file = open(path, flags, mode_t(0o600))
        // Independent of the process's file mode mask.
        if file >= 0 { fchmod(file, mode_t(0o600)) }
        return file
    }
}
