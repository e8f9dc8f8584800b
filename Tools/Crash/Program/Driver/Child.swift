#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The system calls that start a process and wait for it.
enum Child {
    /// A process or its pipe could not be made.
    struct StartFailure: Error {
        var text: String
    }

    /// Returns a pipe whose ends no program inherits; reading from it never blocks.
    static func pipe() throws(StartFailure) -> (reading: Int32, writing: Int32) {
        var ends: [Int32] = [-1, -1]
        #if canImport(Darwin)
            let code = Darwin.pipe(&ends)
        #elseif canImport(Glibc)
            let code = Glibc.pipe(&ends)
        #else
            let code = Musl.pipe(&ends)
        #endif
        guard code == 0 else { throw StartFailure(text: "no pipe: error \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    /// Starts a program in a process group of its own, so that a signal from the terminal reaches this process alone.
    ///
    /// - Parameters:
    ///   - words: The path of the program and its arguments.
    ///   - descriptors: What becomes its standard input, output and error.
    /// - Returns: The process id.
    static func start(_ words: [String], descriptors: [Int32]) throws(StartFailure) -> pid_t {
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        for (number, descriptor) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
        }
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var arguments = words.map { strdup($0) } + [nil]
        defer { for argument in arguments { free(argument) } }
        var pid = pid_t()
        let code = posix_spawn(&pid, words[0], &actions, &attributes, &arguments, environ)
        guard code == 0 else { throw StartFailure(text: "\(words[0]) can't be started: error \(code)") }
        return pid
    }

    /// Waits until a child has ended, and leaves it to be reaped.
    static func awaitEnd(of pid: pid_t) {
        var info = siginfo_t()
        while waitid(P_PID, id_t(pid), &info, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    }

    /// Reaps a child.
    ///
    /// - Returns: Its exit code; -1 if a signal ended it.
    static func reap(_ pid: pid_t) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? (status >> 8) & 0xff : -1
    }
}
