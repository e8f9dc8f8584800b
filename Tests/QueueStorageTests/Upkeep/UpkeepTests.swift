import Dispatch
import QueueModel
import QueueStoreKit
import Synchronization
import Testing

@testable import QueueStorage

/// Reads from two connections in turn, on a thread of its own: each begins before the other ends, so there is always one that reads.
private final class Readers: Sendable {
    private let thread = DispatchQueue(label: "test.readers")
    private let isOver = Atomic(false)

    init(of path: String) throws {
        let connections = [try RawConnection(path), try RawConnection(path)]
        for connection in connections { try Self.begin(connection) }
        let pair = Pair(connections: connections)
        thread.async { [self] in
            var turn = 0
            while !isOver.load(ordering: .acquiring) {
                let connection = pair.connections[turn % 2]
                try? connection.execute("COMMIT")
                try? Self.begin(connection)
                turn += 1
            }
            for connection in pair.connections { connection.close() }
        }
    }

    private static func begin(_ connection: RawConnection) throws {
        try connection.execute("BEGIN")
        _ = try connection.integer("SELECT id FROM job LIMIT 1")
    }

    func end() async {
        isOver.store(true, ordering: .releasing)
        await withCheckedContinuation { done in thread.async { done.resume() } }
    }

    private struct Pair: @unchecked Sendable {
        // After it was made, the thread alone has it.
        let connections: [RawConnection]
    }
}

@Suite("The file and its log")
struct UpkeepTests {
    @Test("Q6 pages that became free are given back with pruning, a few at a time, down to a quarter of the file")
    func vacuum() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        let batch = Array(
            repeating: JobSubmission(type: "work", payload: [UInt8](repeating: 1, count: 10_000)), count: 1000)
        _ = try await store.submit(contentsOf: batch, at: now)
        let query = JobQuery(types: ["work"])
        _ = try await store.apply(.cancel, to: query, from: nil, limit: 1000, at: now)
        let file = try RawConnection(directory.database)
        let full = try file.integer("PRAGMA page_count")
        let policy = RetentionPolicy(maximumCount: 0)
        #expect(try await store.prune(policy, limit: 1000, at: now) == 1000)
        let first = try file.integer("PRAGMA page_count")
        #expect((full - 200..<full).contains(first), "\(full) pages, then \(first)")
        for _ in 0..<40 { _ = try await store.prune(policy, limit: 1, at: now) }
        let (pages, free) = (try file.integer("PRAGMA page_count"), try file.integer("PRAGMA freelist_count"))
        #expect(pages < full / 4)
        #expect(free <= max(256, pages / 4 + 1))
        #expect(try await store.check() == [])
        file.close()
        await store.close()
        #expect(size(of: directory.database) < Int(full) * 4096 / 4)
    }

    @Test("Q6 the log starts anew while somebody reads at every moment, but nobody for ever")
    func readers() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.database
        let store = try await SQLiteJobStore(at: .file(path), options: SQLiteStoreOptions(walPageLimit: 16))
        let job = JobSubmission(type: "work", payload: [UInt8](repeating: 1, count: 3000))
        _ = try await store.submit(job, at: now)
        let readers = try Readers(of: path)
        var sizes: [Int] = []
        // A log that only grows has a new size each time.
        repeat {
            for _ in 0..<100 { _ = try await store.submit(job, at: now) }
            sizes.append(size(of: "\(path)-wal"))
        } while sizes.count < 200 && (sizes.count < 2 || sizes[sizes.count - 1] > sizes[sizes.count - 2])
        #expect(sizes.count < 200)
        await readers.end()
        #expect(try await store.check() == [])
        await store.close()
    }

    @Test("Q6 a reader that goes on for long holds up no more than a few writes, and the log starts anew after it")
    func longReader() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.database
        let store = try await SQLiteJobStore(at: .file(path), options: SQLiteStoreOptions(walPageLimit: 16))
        let job = JobSubmission(type: "work", payload: [UInt8](repeating: 1, count: 3000))
        _ = try await store.submit(job, at: now)
        let reader = try RawConnection(path)
        try reader.execute("BEGIN")
        _ = try reader.integer("SELECT id FROM job LIMIT 1")
        for _ in 0..<500 { _ = try await store.submit(job, at: now) }
        let before = size(of: "\(path)-wal")
        try reader.execute("COMMIT")
        // It does not shrink, but is written from its start.
        var sizes: [Int] = []
        repeat {
            for _ in 0..<200 { _ = try await store.submit(job, at: now) }
            sizes.append(size(of: "\(path)-wal"))
        } while sizes.count < 200 && (sizes.count < 2 || sizes[sizes.count - 1] > sizes[sizes.count - 2])
        #expect(sizes.count < 200)
        #expect(before > 0)
        reader.close()
        await store.close()
    }
}
