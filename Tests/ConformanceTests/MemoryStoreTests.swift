import QueueConformance
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

/// Makes stores in memory, which can be "reopened" and whose workers can lose their host.
struct MemoryStoreFactory: StoreFactory {
    var capabilities: StoreCapabilities { [.persistent, .hostFailure, .effects] }

    func makeStore() async throws -> any JobStore { MemoryJobStore() }

    func reopen(_ store: any JobStore) async throws -> any JobStore {
        try #require(store as? MemoryJobStore).reopened()
    }

    func loseHost(of worker: WorkerID, in store: any JobStore) async throws {
        try #require(store as? MemoryJobStore).crash(worker, hostWentDown: true)
    }

    func note(_ text: String, throwing error: (any Error)?) -> any CompletionEffect {
        MemoryEffect { values in
            values["notes", default: []] += Array("\(text)\n".utf8)
            if let error { throw error }
        }
    }

    func notes(in store: any JobStore) async throws -> [String] {
        let notes = try #require(store as? MemoryJobStore).values["notes"] ?? []
        return String(decoding: notes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}

@Suite("The reference store")
struct MemoryStoreTests {
    @Test("conforms", arguments: StoreConformance.checks)
    func conforms(_ check: ConformanceCheck) async throws {
        try await check.run(MemoryStoreFactory())
    }

    @Test("every check has a name of its own that starts with a rule or invariant")
    func names() {
        let names = StoreConformance.checks.map(\.name)
        #expect(Set(names).count == names.count)
        for name in names {
            #expect(name.wholeMatch(of: /[A-Z][0-9]+ .+/) != nil, "\(name)")
        }
    }
}
