import Foundation

/// What a workload takes of the machine beside time.
enum Machine {
    /// The process's resident memory, and the size of the place's files.
    static func figures(of place: Place) -> [String: Double] {
        var figures: [String: Double] = [:]
        if let bytes = residentBytes { figures["resident MiB"] = bytes / 1_048_576 }
        if place.store != .memory {
            let paths = [place.path, place.path + "-wal"]
            figures["file bytes"] = paths.compactMap(size).reduce(0, +)
        }
        return figures
    }

    /// Linux only.
    private static var residentBytes: Double? {
        guard let status = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8) else { return nil }
        let pages = status.split(separator: " ").dropFirst().first.flatMap { Double($0) }
        return pages.map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
    }

    private static func size(_ path: String) -> Double? {
        (try? FileManager.default.attributesOfItem(atPath: path))?[.size].flatMap { ($0 as? NSNumber)?.doubleValue }
    }
}
