#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Finds a program's file.
///
/// Not left to the system's own search: that takes this process's `PATH`, and may hand what is no program to a shell.
struct ProgramSearch {
    /// What there is at a path.
    enum Finding { case program, noProgram, nothing }

    /// Where names are looked up if the environment has no `PATH`.
    static let usualPath = "/usr/local/bin:/usr/bin:/bin"

    var path: String?
    var look: (String) -> Finding = Self.lookAtFile

    /// The path of a program; a name without a slash is looked up.
    func find(_ name: String) throws(ProgramError) -> String {
        if name.utf8.contains(UInt8(ascii: "/")) {
            switch look(name) {
            case .program: return name
            case .noProgram: throw ProgramError(.notExecutable, "\(name) is not a file that can be run")
            case .nothing: throw ProgramError(.notFound, "there is no program \(name)")
            }
        }
        var noProgram: String?
        for directory in (path ?? Self.usualPath).split(separator: ":") {
            // An empty or relative part would mean whatever directory the process is in: nobody means that today.
            guard directory.hasPrefix("/") else { continue }
            let candidate = "\(directory)/\(name)"
            switch look(candidate) {
            case .program: return candidate
            case .noProgram: noProgram = noProgram ?? candidate
            case .nothing: break
            }
        }
        if let noProgram { throw ProgramError(.notExecutable, "\(noProgram) is not a file that can be run") }
        throw ProgramError(.notFound, "there is no program \(name) in the directories of PATH")
    }

    private static func lookAtFile(_ path: String) -> Finding {
        var info = stat()
        guard stat(path, &info) == 0 else { return errno == ENOENT || errno == ENOTDIR ? .nothing : .noProgram }
        return info.st_mode & S_IFMT == S_IFREG && access(path, X_OK) == 0 ? .program : .noProgram
    }

    /// Whether there is a directory at a path.
    static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// A path that means the same from any directory.
    ///
    /// The new process changes its directory before it looks for its program.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }
}
