import FaultRuns
import QueueStorage

/// Points at which calls go wrong, and what to print of them.
struct Points {
    var scripts = Script.all
    var kinds = FaultKind.all
    var durabilities: [StoreDurability] = [.normal, .full]
    /// The only call; `nil`: all.
    var call: Int?
    var stride = 1

    /// Takes an option of the command line; `false` if it is none of these, or says nothing that can be done.
    mutating func take(_ name: String, _ value: String) -> Bool {
        switch name {
        case "--script":
            guard let script = Script.all.first(where: { $0.name == value }) else { return false }
            scripts = [script]
        case "--durability":
            guard let durability = StoreDurability(name: value) else { return false }
            durabilities = [durability]
        case "--kind":
            guard let kind = FaultKind.all.first(where: { $0.name == value }) else { return false }
            kinds = [kind]
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

    /// Runs them; `false` if anything was wrong.
    func run() async throws -> Bool {
        var points = 0
        var failed = 0
        var happensOnCrash = 0
        for script in scripts {
            let expectation = try await Expectation(script)
            for durability in durabilities {
                for kind in kinds {
                    var sweep = FaultSweep(kind, expectation, durability)
                    sweep.first = call ?? 1
                    sweep.limit = call.map { _ in 1 }
                    sweep.stride = stride
                    let result = try await sweep.run { call, fired, problems in
                        print(
                            "--script \(script.name) --durability \(durability.name) --kind \(kind.name) --call \(call)"
                        )
                        print("  " + (fired.first ?? "nothing went wrong"))
                        for problem in problems { print("  " + problem) }
                        flush()
                    }
                    points += result.points
                    failed += result.failures.count
                    happensOnCrash += result.happensOnCrash
                    let errors = result.errors.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
                    print(
                        "\(script.name), \(durability.name), \(kind.name): \(result.points) points, errors:",
                        errors.isEmpty ? "none" : errors.joined(separator: ", "))
                    flush()
                }
            }
        }
        print("\(happensOnCrash) calls that threw happen all the same if the process ends before the next commit")
        print("faults: \(points) points, \(failed) failed")
        return failed == 0
    }
}
