import QueueModel
import QueueTesting
import Testing

@Suite("Random histories")
struct StoreComparisonTests {
    @Test("the reference agrees with itself and stays sound in every history", arguments: 1...60 as ClosedRange<UInt64>)
    func sound(_ seed: UInt64) async throws {
        let difference = try await StoreComparison { MemoryJobStore() }.run(seed: seed, steps: 400)
        #expect(difference == nil, "\(difference?.description ?? "")")
    }

    @Test("a store that goes wrong is found out, and its history is cut down")
    func findsFaults() async throws {
        let comparison = StoreComparison {
            let broken = QueueError(.io, "broken")
            return FaultyStore(
                MemoryJobStore(), faults: [Fault(.operation(.cancel), calls: 1...1000, throwing: broken)])
        }
        let difference = try #require(try await comparison.run(seed: 1, steps: 400))
        #expect(difference.steps.count == 1, "one cancel is enough: \(difference)")
        #expect(difference.found.contains("io"))
    }
}
