import FaultRuns
import QueueStorage

/// Points at which calls go wrong, and what to print of them.
struct Points {
    /// The plays with faults.
    struct Play: Sendable {
        var name: String
        var kinds: [FaultKind]
        var make: @Sendable (SQLiteStoreOptions.Durability) async throws -> any FaultPlay

        static let all =
            Script.all.map { script in
                Play(name: script.name, kinds: FaultKind.all) { durability in
                    try FaultRun(try await Expectation(script), durability: durability)
                }
            } + [Play(name: "queue", kinds: FaultKind.passing) { try QueueFaultRun($0) }]
    }

    var plays = Play.all
    /// The names of the only kinds; empty: all.
    var kinds: Set<String> = []
    var durabilities: [SQLiteStoreOptions.Durability] = [.normal, .full]
    /// The only call; `nil`: all.
    var call: Int?
    var stride = 1

    /// Reads an option; returns `false` if the option or its value is unknown.
    mutating func take(_ name: String, _ value: String) -> Bool {
        switch name {
        case "--script":
            plays = Play.all.filter { $0.name == value }
            return !plays.isEmpty
        case "--durability":
            guard let durability = SQLiteStoreOptions.Durability(name: value) else { return false }
            durabilities = [durability]
        case "--kind":
            kinds = [value]
            return Play.all.contains { $0.kinds.contains { $0.name == value } }
        case "--call":
            guard let number = Int(value), number > 0 else { return false }
            call = number
        case "--every":
            guard let number = Int(value), number > 0 else { return false }
            stride = number
        default: return false
        }
        return true
    }

    /// Runs them, as many sweeps at once as there are processors; `false` if anything was wrong.
    func run() async throws -> Bool {
        var points = 0
        var failed = 0
        var happensOnCrash = 0
        try await concurrently(sweeps) { sweep in
            try await run(sweep.play, sweep.durability, sweep.kind)
        } take: { sweep, result in
            points += result.points
            failed += result.failures.count
            happensOnCrash += result.happensOnCrash
            let errors = result.errors.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            print(
                "\(sweep.play.name), \(sweep.durability.name), \(sweep.kind.name): \(result.points) points, errors:",
                errors.isEmpty ? "none" : errors.joined(separator: ", "))
            flush()
        }
        print("\(happensOnCrash) calls that threw happen all the same if the process ends before the next commit")
        print("faults: \(points) points, \(failed) failed")
        return failed == 0
    }

    private struct Sweep: Sendable {
        var play: Play
        var durability: SQLiteStoreOptions.Durability
        var kind: FaultKind
    }

    private var sweeps: [Sweep] {
        plays.flatMap { play in
            durabilities.flatMap { durability in
                play.kinds.filter { kinds.isEmpty || kinds.contains($0.name) }.map {
                    Sweep(play: play, durability: durability, kind: $0)
                }
            }
        }
    }

    private func run(
        _ play: Play, _ durability: SQLiteStoreOptions.Durability, _ kind: FaultKind
    ) async throws -> FaultSweep.Result {
        var sweep = FaultSweep(kind, of: try await play.make(durability))
        sweep.first = call ?? 1
        sweep.limit = call.map { _ in 1 }
        sweep.stride = stride
        return try await sweep.run { call, fired, problems in
            let lines = ["--script \(play.name) --durability \(durability.name) --kind \(kind.name) --call \(call)"]
            print((lines + [fired.first ?? "nothing went wrong"] + problems).joined(separator: "\n  "))
            flush()
        }
    }
}
