import QueueModel
import Testing

@testable import QueueStorage

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
        #expect(try file.integer("PRAGMA page_count") == full - 256)
        for _ in 0..<20 { _ = try await store.prune(policy, limit: 1, at: now) }
        let (pages, free) = (try file.integer("PRAGMA page_count"), try file.integer("PRAGMA freelist_count"))
        #expect(pages < full / 4)
        #expect(free <= max(256, pages / 4 + 1))
        #expect(try await store.check() == [])
        file.close()
        await store.close()
        #expect(size(of: directory.database) < Int(full) * 4096 / 4)
    }

    @Test("Q6 the log stays bounded while somebody reads at every moment, but nobody for ever")
    func readers() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(
            at: .file(directory.database), options: SQLiteStoreOptions(walPageLimit: 16))
        let job = JobSubmission(type: "work", payload: [UInt8](repeating: 1, count: 3000))
        _ = try await store.submit(job, at: now)
        let readers = [try RawConnection(directory.database), try RawConnection(directory.database)]
        func begin(_ reader: RawConnection) throws {
            try reader.execute("BEGIN")
            _ = try reader.integer("SELECT count(*) FROM job")
        }
        try begin(readers[0])
        var sizes: [Int] = []
        // A log that only grows has a new size each time.
        repeat {
            for round in 1...10 {
                try begin(readers[round % 2])
                try readers[(round + 1) % 2].execute("COMMIT")
                for _ in 0..<20 { _ = try await store.submit(job, at: now) }
            }
            sizes.append(size(of: "\(directory.database)-wal"))
        } while sizes.count < 500 && (sizes.count < 2 || sizes[sizes.count - 1] > sizes[sizes.count - 2])
        #expect(sizes.count < 500)
        for reader in readers { reader.close() }
        #expect(try await store.check() == [])
        await store.close()
    }
}
