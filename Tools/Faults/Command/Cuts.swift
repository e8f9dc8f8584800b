import FaultRuns
import QueueStorage

/// Power cuts, and what to print of them.
struct Cuts {
    var scripts = Script.all.map(\.name) + [Self.queue]
    private static let queue = "queue"
    var durabilities: [SQLiteStoreOptions.Durability] = [.normal, .full]
    var cuts = PowerCut.allCases
    /// The only change after which the power fails; `nil`: all.
    var change: Int?
    var stride = 1
    /// The seeds of what a cut leaves open.
    var seeds: ClosedRange<UInt64> = 1...4

    /// Reads an option; returns `false` if the option or its value is unknown.
    mutating func take(_ name: String, _ value: String) -> Bool {
        switch name {
        case "--script":
            guard value == Self.queue || Script.all.contains(where: { $0.name == value }) else { return false }
            scripts = [value]
        case "--durability":
            guard let durability = SQLiteStoreOptions.Durability(name: value) else { return false }
            durabilities = [durability]
        case "--cut":
            guard let cut = PowerCut(rawValue: value) else { return false }
            cuts = [cut]
        case "--change":
            guard let number = Int(value), number >= 0 else { return false }
            change = number
        case "--every":
            guard let number = Int(value), number > 0 else { return false }
            stride = number
        case "--seeds":
            guard let number = UInt64(value), number > 0 else { return false }
            seeds = 1...number
        case "--seed":
            guard let number = UInt64(value), number > 0 else { return false }
            seeds = number...number
        default: return false
        }
        return true
    }

    /// Runs the cuts; returns `false` if one failed.
    func run() async throws -> Bool {
        var made = 0
        var failed: [SQLiteStoreOptions.Durability: Int] = [:]
        let sweeps = scripts.flatMap { name in durabilities.map { (name, $0) } }
        try await concurrently(sweeps) { name, durability in
            try await run(name, durability)
        } take: { sweep, result in
            made += result.cuts
            failed[sweep.1, default: 0] += result.failures
            print(
                "\(sweep.0), \(sweep.1.name): \(result.cuts) cuts, \(result.files) different files,",
                "\(result.shortened) without the last that had returned, \(result.longestTail) of them at most")
            flush()
        }
        let (full, normal) = (failed[.full, default: 0], failed[.normal, default: 0])
        print("power cuts: \(made) cuts, full: \(full) lost, normal: \(normal) torn")
        return full + normal == 0
    }

    private func run(_ name: String, _ durability: SQLiteStoreOptions.Durability) async throws -> CutResult {
        var sweep = CutSweep()
        sweep.first = change ?? 0
        sweep.stride = change == nil ? stride : .max
        sweep.seeds = seeds
        sweep.cuts = cuts
        let tell = { (point: CutPoint, problems: [String]) in
            let line =
                "--script \(name) --durability \(durability.name) --cut \(point.cut.rawValue) --change \(point.change) --seed \(point.seed)"
            print(([line] + problems).joined(separator: "\n  "))
            flush()
        }
        guard let script = Script.all.first(where: { $0.name == name }) else {
            return try await sweep.run(QueueCuts(durability), tell)
        }
        return try await sweep.run(StoreCuts(Expectation(script), durability), tell)
    }
}
