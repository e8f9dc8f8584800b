import QueueModel
import QueueStorage
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Random histories of whole queues")
struct RandomHistoriesTests {
    /// How many histories are one test.
    static let batch: UInt64 = 100

    @Test("I1 I2 I3 I4 I5 I6 I7 I8 I9 hold in every history on the reference", arguments: 0..<20 as Range<UInt64>)
    func reference(_ batch: UInt64) {
        for seed in batch * Self.batch..<(batch + 1) * Self.batch {
            let script = SimulationScript.random(seed: seed)
            if script.run().violations.isEmpty { continue }
            Issue.record("seed \(seed): \(script.shrunk()?.description ?? "it fails only sometimes")")
        }
    }

    @Test("I1 I2 I3 I4 I5 I6 I7 I8 I9 hold in every history on SQLite", arguments: 0..<5 as Range<UInt64>)
    func sqlite(_ batch: UInt64) {
        let store: @Sendable () async throws -> any JobStore = { try await SQLiteJobStore(at: .memory) }
        for seed in batch * Self.batch..<(batch + 1) * Self.batch {
            let script = SimulationScript.random(seed: 1_000_000 + seed)
            if script.run(on: store).violations.isEmpty { continue }
            Issue.record(
                "seed \(seed): \(script.shrunk(on: store)?.description ?? "it fails only sometimes")")
        }
    }

    @Test("the same seed gives the same log, byte for byte", arguments: [1, 17, 34, 100, 802, 2733, 8018] as [UInt64])
    func isRepeatable(_ seed: UInt64) {
        let first = SimulationScript.random(seed: seed)
        let second = SimulationScript.random(seed: seed)
        #expect(first == second)
        let logs = [first, second].map { $0.run().log.joined(separator: "\n") }
        #expect(logs[0] == logs[1])
        #expect(logs[0].utf8.count > 500, "something has happened")
        let store: @Sendable () async throws -> any JobStore = { try await SQLiteJobStore(at: .memory) }
        let stored = [first, second].map { $0.run(on: store).log.joined(separator: "\n") }
        #expect(stored[0] == stored[1])
    }

    @Test("another seed gives another order of the same steps")
    func seedsDiffer() {
        var script = SimulationScript.random(seed: 34)
        let log = script.run().log
        script.seed += 1
        #expect(script.run().log != log)
    }
}
