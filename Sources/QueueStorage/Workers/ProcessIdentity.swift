#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The identity of a process, by which another can check later whether it still lives.
struct ProcessIdentity: Hashable, Sendable {
    /// The host, with the space in which its process numbers mean something.
    var host: String
    /// The host's present boot; empty if it is not known.
    var boot: String
    var pid: Int64
    /// When the process started, in the kernel's format; empty if it is not known.
    var start: String

    /// This process.
    static let current = ProcessIdentity(
        host: hostName(), boot: bootID(), pid: Int64(getpid()), start: startTime(of: getpid()) ?? "")

    /// What can be said of a process.
    enum Life { case alive, gone, hostWentDown, unknown }

    /// Whether the process that this identity was taken of still lives, as far as this process can see.
    var life: Life {
        let me = Self.current
        guard host == me.host else { return .unknown }
        if boot != me.boot, !boot.isEmpty, !me.boot.isEmpty { return .hostWentDown }
        guard let number = pid_t(exactly: pid) else { return .unknown }
        if kill(number, 0) != 0, errno == ESRCH { return .gone }
        guard !start.isEmpty, let present = Self.startTime(of: number) else { return .alive }
        return present == start ? .alive : .gone
    }

    /// Whether the process's clock of uptime is surely this one's too.
    var sharesUptime: Bool {
        let me = Self.current
        return host == me.host && boot == me.boot && !boot.isEmpty
    }

    private static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "" }
        let name = text(buffer)
        #if os(Linux)
            // Containers share a boot but not their process numbers.
            var link = [CChar](repeating: 0, count: 64)
            let count = readlink("/proc/self/ns/pid", &link, link.count - 1)
            return count > 0 ? "\(name) \(text(link))" : name
        #else
            return name
        #endif
    }

    private static func text(_ buffer: [CChar]) -> String {
        String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    #if canImport(Darwin)
        private static func bootID() -> String {
            var size = 0
            guard sysctlbyname("kern.bootsessionuuid", nil, &size, nil, 0) == 0, size > 0 else { return "" }
            var buffer = [CChar](repeating: 0, count: size)
            guard sysctlbyname("kern.bootsessionuuid", &buffer, &size, nil, 0) == 0 else { return "" }
            return text(buffer)
        }

        private static func startTime(of pid: pid_t) -> String? {
            #if os(macOS)
                var info = proc_bsdinfo()
                let size = Int32(MemoryLayout<proc_bsdinfo>.size)
                guard proc_pidinfo(pid, PROC_PIDTBSDINFO, 0, &info, size) == size else { return nil }
                return "\(info.pbi_start_tvsec).\(info.pbi_start_tvusec)"
            #else
                return nil
            #endif
        }
    #else
        private static func bootID() -> String {
            contents(of: "/proc/sys/kernel/random/boot_id").map { String($0.prefix { $0 != "\n" }) } ?? ""
        }

        private static func startTime(of pid: pid_t) -> String? {
            // Field 22 of /proc/pid/stat (proc(5)). The name in field 2 may have spaces and parentheses.
            guard let stat = contents(of: "/proc/\(pid)/stat"), let end = stat.lastIndex(of: ")") else { return nil }
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            return fields.count > 19 ? String(fields[19]) : nil
        }

        private static func contents(of path: String) -> String? {
            let file = open(path, O_RDONLY | O_CLOEXEC)
            guard file >= 0 else { return nil }
            defer { close(file) }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(file, &buffer, buffer.count)
            return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
        }
    #endif
}
