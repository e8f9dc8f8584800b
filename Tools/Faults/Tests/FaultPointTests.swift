import FaultRuns
import QueueStorage
import Testing

/// A few points of each sweep of `make faults`, evenly chosen.
@Suite("Faults at the file")
struct FaultPointTests {
    private static let durabilities: [SQLiteStoreOptions.Durability] = [.normal, .full]

    private func sweep(_ kind: FaultKind, of play: some FaultPlay, points: Int) async throws {
        var sweep = FaultSweep(kind, of: play)
        try await sweep.spread(over: points)
        let result = try await sweep.run { call, fired, problems in
            Issue.record("\(kind.name), call \(call), \(fired.first ?? "nothing went wrong"): \(problems)")
        }
        // A queue's threads make a few calls more or less each time.
        #expect(result.points > points / 2)
    }

    @Test(
        "I11 a call that fails is told clearly, has done nothing, and the store goes on",
        arguments: FaultKind.all, durabilities)
    func store(kind: FaultKind, durability: SQLiteStoreOptions.Durability) async throws {
        try await sweep(kind, of: FaultRun(Expectation(.life), durability: durability), points: 8)
    }

    @Test("I11 room that is given back when calls fail is given back once", arguments: FaultKind.all)
    func room(kind: FaultKind) async throws {
        try await sweep(kind, of: FaultRun(Expectation(.room), durability: .normal), points: 2)
    }

    @Test(
        "C6 a queue whose store fails for a while gets everything done once", arguments: FaultKind.passing, durabilities
    )
    func queue(kind: FaultKind, durability: SQLiteStoreOptions.Durability) async throws {
        try await sweep(kind, of: QueueFaultRun(durability), points: 8)
    }
}

extension FaultKind: CustomTestStringConvertible {
    /// Its name.
    public var testDescription: String { name }
}
