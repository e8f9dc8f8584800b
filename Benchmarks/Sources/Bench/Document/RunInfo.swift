import Floors
import Foundation

/// Where and how a run was made; it is saved with the run's first row.
struct RunInfo: Codable, Equatable {
    /// The day, in UTC.
    let date: String
    /// The processor's name, how many the process may use, and the machine's memory.
    let machine: String
    let processors: Int
    let system: String
    let sqlite: String
    let swift: String
    /// The commit, where the caller says it in `COMMIT`.
    let sources: String?
    /// The settings of the rows: `SECONDS=2 CPUS=1`.
    let options: String

    /// This process, after it was bound.
    init(options: Options, sources: String?) {
        let process = ProcessInfo.processInfo
        date = Date.now.formatted(.iso8601.year().month().day())
        let memory = (Double(process.physicalMemory) / 1_073_741_824).rounded()
        machine = "\(Self.processorName ?? Self.architecture), \(Int(memory)) GiB"
        processors = options.processors ?? process.activeProcessorCount
        system = process.operatingSystemVersionString
        sqlite = String(cString: floor_sqlite_version())
        swift = Self.compiler
        self.sources = sources.flatMap { $0.isEmpty ? nil : $0 }
        var words: [String] = []
        switch options.pace {
        case .budget(let time): words.append("SECONDS=\(Table.short(time / .seconds(1)))")
        case .exactly: words.append("QUICK=1")
        }
        if let bound = options.processors { words.append("CPUS=\(bound)") }
        if let filter = options.filter { words.append("FILTER='\(filter)'") }
        self.options = words.joined(separator: " ")
    }

    private static var processorName: String? {
        guard let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8) else { return nil }
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
    }

    private static var architecture: String {
        #if arch(x86_64)
            "x86-64"
        #elseif arch(arm64)
            "arm64"
        #else
            "another architecture"
        #endif
    }

    /// The compiler can be asked for no more than that it is at least some version.
    private static var compiler: String {
        #if compiler(>=6.5)
            "6.5 or newer"
        #elseif compiler(>=6.4)
            "6.4"
        #elseif compiler(>=6.3)
            "6.3"
        #else
            "6.2"
        #endif
    }
}
