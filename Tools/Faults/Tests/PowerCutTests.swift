import FaultRuns
import QueueModel
import QueueStorage
import QueueStoreKit
import Testing

/// A few cuts of each sweep of `make faults`, evenly chosen.
@Suite("Power cuts")
struct PowerCutTests {
    private func sweep(_ play: some CutPlay, points: Int) async throws -> CutResult {
        var sweep = CutSweep()
        sweep.spread(over: points, of: play)
        return try await sweep.run(play) { point, problems in
            Issue.record("change \(point.change), \(point.cut), seed \(point.seed): \(problems)")
        }
    }

    @Test("I1 C9 under .full a power cut leaves every call that had returned")
    func full() async throws {
        let result = try await sweep(StoreCuts(Expectation(.life), .full), points: 12)
        #expect(result.shortened == 0)
    }

    @Test("C9 C11 under .normal a power cut takes a tail of whole calls, and nothing from before a flush")
    func normal() async throws {
        let result = try await sweep(StoreCuts(Expectation(.life), .normal), points: 12)
        // Else the cuts would show nothing.
        #expect(result.shortened > 0)
    }

    @Test(
        "Q6 pages that were given back are whole after a power cut",
        arguments: [SQLiteStoreOptions.Durability.normal, .full])
    func room(durability: SQLiteStoreOptions.Durability) async throws {
        _ = try await sweep(StoreCuts(Expectation(.room), durability), points: 3)
    }

    @Test("I4 under .full a power cut leaves every completion that was told, with its effect")
    func queueFull() async throws {
        let result = try await sweep(QueueCuts(.full), points: 8)
        #expect(result.shortened == 0)
    }

    @Test("E8 under .normal a power cut takes the last of a queue's transactions, whole and in order")
    func queueNormal() async throws {
        let play = try await QueueCuts(.normal)
        let result = try await sweep(play, points: 8)
        // What a cut takes depends on what the threads of the queue had come to: most of it right before a sync.
        var shortened = result.shortened
        for change in play.changesBeforeSyncs where shortened == 0 {
            var sweep = CutSweep()
            sweep.first = change
            sweep.stride = .max
            sweep.cuts = [.nothing]
            shortened += try await sweep.run(play) { point, problems in
                Issue.record("change \(point.change): \(problems)")
            }.shortened
        }
        #expect(shortened > 0)
    }

    @Test(
        "Q9 a backup whose call has returned survives a power cut, under both durabilities",
        arguments: [SQLiteStoreOptions.Durability.normal, .full])
    func backup(durability: SQLiteStoreOptions.Durability) async throws {
        let submit = Step.call("submit") { store, scene throws(QueueError) in
            "\(try await store.submit(JobSubmission(type: "m.a"), at: scene.now))"
        }
        let script = Script(name: "copy", steps: [submit, .backup])
        var sweep = CutSweep()
        sweep.cuts = [.nothing]
        let result = try await sweep.run(StoreCuts(Expectation(script), durability)) { point, problems in
            Issue.record("change \(point.change): \(problems)")
        }
        #expect(result.cuts > 0)
    }

    @Test("a disk that lies about its syncs is found out", arguments: [SQLiteStoreOptions.Durability.normal, .full])
    func lyingDisk(durability: SQLiteStoreOptions.Durability) async throws {
        let play = try await StoreCuts(Expectation(.life), durability).onLyingDisk()
        var sweep = CutSweep()
        sweep.spread(over: 4, of: play)
        sweep.cuts = [.scattered]
        var found = 0
        let result = try await sweep.run(play) { _, _ in found += 1 }
        #expect(found > 0)
        #expect(result.failures == found)
    }
}
