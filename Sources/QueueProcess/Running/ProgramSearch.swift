#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Finds the file of a program.
///
/// The system's own search is not used: it takes this process's `PATH`, and may pass a file that is not a program to a
/// shell.
struct ProgramSearch {
    /// What a path refers to.
    enum Finding { case program, noProgram, nothing }

    /// The directories in which names are looked up if the environment has no `PATH`.
    static let usualPath = "/usr/local/bin:/usr/bin:/bin"

    var path: String?
    var look: (String) -> Finding = Self.lookAtFile

    /// Returns the path of a program; a name without a slash is looked up.
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
            // An empty or relative part would refer to the current directory of this process, which nobody intends.
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

    /// Returns whether a path refers to a directory.
    static func isDirectory(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
    }

    /// Returns an absolute path.
    ///
    /// The new process changes its directory before it looks for its program.
    static func absolute(_ path: String) -> String {
        guard !path.hasPrefix("/"), let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return "\(String(cString: here))/\(path)"
    }
}
