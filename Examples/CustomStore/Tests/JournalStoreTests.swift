import Foundation
import JournalStore
import QueueConformance
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

/// Makes stores whose journals are gone with the factory.
private final class JournalStoreFactory: StoreFactory {
    let path = FileManager.default.temporaryDirectory.appending(path: "journal-\(UUID()).journal").path

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var capabilities: StoreCapabilities { [.persistent, .hostFailure] }

    func makeStore() async throws -> any JobStore { try await JournalStore(path: path) }

    func reopen(_ store: any JobStore) async throws -> any JobStore {
        await store.close()
        return try await makeStore()
    }

    func loseHost(of worker: WorkerID, in store: any JobStore) async throws {
        try await #require(store as? JournalStore).declareDead(worker, hostWentDown: true)
    }
}

// One after the other: each check replays what it did, which would take the processors from all other tests.
@Suite("A store of one's own", .serialized)
struct JournalStoreTests {
    private let factory = JournalStoreFactory()
    private let now = Timestamp(milliseconds: 1_700_000_000_000)

    @Test("conforms", arguments: StoreConformance.checks)
    func conforms(_ check: ConformanceCheck) async throws {
        try await check.run(JournalStoreFactory())
    }

    @Test("behaves as the reference", arguments: 1...5 as ClosedRange<UInt64>)
    func behavesAsTheReference(seed: UInt64) async throws {
        let factories = Factories()
        let difference = try await StoreComparison { try await factories.makeStore() }.run(seed: seed, steps: 200)
        #expect(difference == nil, "\(difference?.description ?? "")")
    }

    /// Keeps factories, and so their files, while their stores are in use.
    private actor Factories {
        private var all: [JournalStoreFactory] = []

        func makeStore() async throws -> any JobStore {
            let factory = JournalStoreFactory()
            all.append(factory)
            return try await factory.makeStore()
        }
    }

    // MARK: What a kill leaves

    /// A journal with three jobs in it, and where each of its lines ends.
    private func journal() async throws -> (contents: Data, ends: [Int]) {
        let store = try await factory.makeStore()
        for name in ["a", "b", "c"] {
            _ = try await store.submit(JobSubmission(type: "work", payload: Array(name.utf8)), at: now)
        }
        await store.close()
        let contents = try Data(contentsOf: URL(filePath: factory.path))
        return (contents, contents.indices.filter { contents[$0] == UInt8(ascii: "\n") }.map { $0 + 1 })
    }

    @Test("A journal that ends anywhere has all jobs whose lines are whole, and goes on from there")
    func tornTail() async throws {
        let (contents, ends) = try await journal()
        try #require(ends.count == 4)
        for length in 0...contents.count {
            try contents.prefix(length).write(to: URL(filePath: factory.path))
            let store = try await factory.makeStore()
            let whole = ends.dropFirst().count { $0 <= length }
            #expect(try await store.count(JobQuery()) == whole, "cut to \(length) of \(contents.count) bytes")
            let id = try await store.submit(JobSubmission(type: "work"), at: now).id
            #expect(id == JobID(Int64(whole) + 1))
            let reopened = try await factory.reopen(store)
            #expect(try await reopened.count(JobQuery()) == whole + 1)
            #expect(try await reopened.check().isEmpty)
            await reopened.close()
        }
    }

    @Test("A last line that is whole but wrong is cut off, as one that was torn is")
    func wrongTail() async throws {
        var (contents, ends) = try await journal()
        contents[ends[2] + 20] ^= 1
        try contents.write(to: URL(filePath: factory.path))
        let store = try await factory.makeStore()
        #expect(try await store.count(JobQuery()) == 2)
        await store.close()
        #expect(try Data(contentsOf: URL(filePath: factory.path)).count == ends[2])
    }

    @Test("A journal with damage before its end is refused, and left as it is")
    func damage() async throws {
        var (contents, ends) = try await journal()
        contents[ends[0] + 20] ^= 1
        try contents.write(to: URL(filePath: factory.path))
        await #expect { try await factory.makeStore() } throws: { ($0 as? QueueError)?.code == .corrupt }
        #expect(try Data(contentsOf: URL(filePath: factory.path)) == contents)
    }

    @Test("A file that is no journal is refused, and left as it is", arguments: ["precious", "millrace journal 2\n"])
    func foreign(text: String) async throws {
        try Data(text.utf8).write(to: URL(filePath: factory.path))
        await #expect { try await factory.makeStore() } throws: { ($0 as? QueueError)?.code == .notAQueue }
        #expect(try Data(contentsOf: URL(filePath: factory.path)) == Data(text.utf8))
    }

    @Test("A journal is one store's at a time, and another's when that is closed")
    func lock() async throws {
        let first = try await factory.makeStore()
        await #expect { try await factory.makeStore() } throws: { ($0 as? QueueError)?.code == .busy }
        await first.close()
        let second = try await factory.makeStore()
        await second.close()
    }

    @Test("What was refused is refused again when the journal is read, and changes nothing")
    func refusals() async throws {
        let store = try await factory.makeStore()
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        await #expect { try await store.resubmit(JobID(1), at: now) } throws: {
            ($0 as? QueueError)?.code == .notPossibleNow
        }
        await #expect {
            try await store.submit(JobSubmission(type: "work", dependencies: [.job(JobID(9))]), at: now)
        } throws: {
            ($0 as? QueueError)?.code == .unknownDependency
        }
        let reopened = try await factory.reopen(store)
        #expect(try await reopened.counts() == StateCounts([.pending: 1]))
        #expect(try await reopened.submit(JobSubmission(type: "work"), at: now).id == JobID(2))
        await reopened.close()
    }
}
