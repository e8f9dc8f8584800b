#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The system calls of the programs.
enum System {
    /// Nanoseconds of the machine's monotonic clock, which all processes share.
    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Nanoseconds of the wall clock since 1970.
    static func wallNow() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Kills this process at once, as `kill -9` does.
    static func die() -> Never {
        kill(getpid(), SIGKILL)
        // The signal is there before the call returns.
        while true { pause() }
    }

    /// Writes bytes in one call, so that what reads them sees all or nothing of a line.
    static func write(_ text: String, to descriptor: Int32) {
        var text = text
        text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                #if canImport(Darwin)
                    let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
                #elseif canImport(Glibc)
                    let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                #else
                    let count = Musl.write(descriptor, rest.baseAddress, rest.count)
                #endif
                if count < 0 {
                    if errno == EINTR { continue }
                    return
                }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
        }
    }

    /// Writes a line to standard error.
    static func complain(_ line: String) { write(line + "\n", to: 2) }

    /// Writes a line to standard output.
    static func say(_ line: String) { write(line + "\n", to: 1) }

    /// Ends the program.
    static func leave(_ code: Int32) -> Never { exit(code) }

    /// Creates a directory with a unique name.
    static func makeDirectory() -> String? {
        let place = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(place)/crash-XXXXXX".utf8CString)
        return template.withUnsafeMutableBufferPointer { buffer in
            // Without links: so SQLite names the files in it.
            guard let made = buffer.baseAddress.flatMap({ mkdtemp($0) }), let path = realpath(made, nil) else {
                return nil
            }
            defer { free(path) }
            return String(cString: path)
        }
    }

    /// Deletes an empty directory.
    static func removeDirectory(_ path: String) { rmdir(path) }
}
