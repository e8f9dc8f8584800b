import Foundation
import QueueConformance
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

/// A store for the guide to be about.
private typealias MyStore = MemoryJobStore

private struct MyStoreFactory: StoreFactory {
    func makeStore() async throws -> any JobStore { MyStore() }
}

/// The code of Documentation/WritingAStore.md, run.
@Suite("Guide: writing a store")
struct GuideTests {
    @Test(arguments: StoreConformance.checks)
    func conforms(_ check: ConformanceCheck) async throws {
        try await check.run(MyStoreFactory())
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func behavesAsTheReference(seed: UInt64) async throws {
        let difference = try await StoreComparison { MyStore() }.run(seed: seed, steps: 200)
        #expect(difference == nil, "\(difference?.description ?? "")")
    }
}
