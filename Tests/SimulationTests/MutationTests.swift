import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

@Suite("Mistakes that random histories find")
struct MutationTests {
    @Test(
        "a store with a mistake is found out within 200 histories, by the invariant that it breaks",
        arguments: Mistake.allCases)
    func isFound(_ mistake: Mistake) throws {
        let store: @Sendable () async throws -> any JobStore = { BrokenStore(mistake) }
        let found = (1...200).lazy.map { seed in
            SimulationScript.random(seed: seed).run(on: store)
        }.first { !$0.violations.isEmpty }
        let violation = try #require(found?.violations.first, "200 histories have not found it")
        #expect(mistake.invariants.contains(String(violation.prefix(2))), "\(violation)")
    }

    @Test("a history that fails is cut down to a few steps, and is printed as the Swift that makes it")
    func isShrunk() throws {
        let store: @Sendable () async throws -> any JobStore = { BrokenStore(.forgetsKeys) }
        let script = try #require(
            (1...200).lazy.map { SimulationScript.random(seed: $0) }.first { !$0.run(on: store).violations.isEmpty })
        let failure = try #require(script.shrunk(on: store))
        #expect(failure.script.steps.count <= 2, "two submissions with one key are enough: \(failure)")
        #expect(failure.violations.first?.hasPrefix("I7") ?? false)
        #expect(failure.description.contains("SimulationScript("))
        #expect(failure.script.run(on: store).violations == failure.violations, "what is printed fails again")
        #expect(script.shrunk() == nil, "on a store without the mistake there is nothing to cut down")
    }
}
