import Foundation
import Fuzzing

/// Has children try rounds, and goes on behind those that took a child with them.
struct FuzzParent {
    /// The findings.
    struct Report {
        var crashes = 0
        var silent = 0
    }

    private let options: FuzzOptions
    /// The number of rounds that one child process runs.
    private static let stretch: UInt64 = 2000
    /// The number of cases that are printed.
    private static let shown = 100

    init(_ options: FuzzOptions) {
        self.options = options
    }

    func run() throws -> Report {
        let directory = try FuzzDirectory()
        defer { directory.remove() }
        let marker = "\(directory.path)/round"
        var report = Report()
        var next = options.seed
        let end = options.seed + options.rounds
        while next < end {
            let count = min(Self.stretch, end - next)
            let (lines, crash) = try child(from: next, count, marker: marker)
            let silent = Set(
                lines.filter { $0.hasPrefix("seed ") }.compactMap { $0.split(separator: ":").first.map(String.init) })
            report.silent += silent.count
            for line in lines.prefix(Self.shown) { print(line) }
            guard let crash else {
                next += count
                continue
            }
            let seed = Self.round(in: marker) ?? next
            report.crashes += 1
            print("seed \(seed) \(crash):")
            if report.crashes <= Self.shown { print(FuzzCase.random(seed: seed)) }
            fflush(nil)
            next = seed + 1
        }
        return report
    }

    /// Runs a child; returns its lines, and how it crashed if it did.
    private func child(
        from seed: UInt64, _ rounds: UInt64, marker: String
    ) throws -> (lines: [String], crash: String?) {
        let child = Process()
        child.executableURL = Bundle.main.executableURL
        child.arguments = [
            "--child", marker, "--seed", "\(seed)", "--rounds", "\(rounds)", "--fixture", options.fixture,
        ]
        let output = Pipe()
        child.standardOutput = output
        // What Swift says of a trap is wanted, and its trace of it too long.
        child.environment = ProcessInfo.processInfo.environment.merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        try child.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        child.waitUntilExit()
        let lines = text.split(separator: "\n").map(String.init)
        if child.terminationReason == .exit {
            if child.terminationStatus == 0 { return (lines, nil) }
            return (lines, "ended with \(child.terminationStatus)")
        }
        return (lines, child.terminationStatus == SIGALRM ? "hung" : "crashed with signal \(child.terminationStatus)")
    }

    private static func round(in marker: String) -> UInt64? {
        guard let bytes = FileManager.default.contents(atPath: marker), bytes.count == 8 else { return nil }
        return bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt64.self) }
    }
}
