import Foundation

/// The resources that a workload uses besides time.
enum Machine {
    /// The process's memory that is not swapped out; nil where the system doesn't say it in the way of Linux.
    static var residentBytes: Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let pages = status.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        return pages.map { $0 * sysconf(Int32(_SC_PAGESIZE)) }
    }
}

extension Place {
    /// The size of the database file, without what only its log has before it is closed; nil in memory.
    var fileBytes: Int? {
        guard store != .memory else { return nil }
        return (try? FileManager.default.attributesOfItem(atPath: path))?[.size].flatMap { ($0 as? NSNumber)?.intValue }
    }
}
