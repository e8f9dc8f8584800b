import QueueModel
import QueueStoreKit
import Testing

@testable import QueueStorage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

@Suite("Backups")
struct BackupTests {
    @Test("Q9 a copy has what was stored, for its owner alone, is sound, and works", arguments: [true, false])
    func copy(inMemory: Bool) async throws {
        let source = try TemporaryDirectory()
        let target = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: inMemory ? .memory : .file(source.database))
        let large = [UInt8](repeating: 7, count: 100_000)
        for number in 0..<50 {
            let submission = JobSubmission(
                type: "work", payload: number.isMultiple(of: 10) ? large : [1], tags: [QueueModel.Tag("n", "\(number)")]
            )
            _ = try await store.submit(submission, at: now)
        }
        try await store.backup(to: target.database)
        #expect(mode(of: target.database) == 0o600)
        let copy = try await SQLiteJobStore(at: .file(target.database))
        #expect(try await copy.check() == [])
        #expect(try await copy.jobs(JobQuery()).jobs == store.jobs(JobQuery()).jobs)
        let worker = try await copy.openWorker(lease: .seconds(30), at: HostTime(now))
        #expect(try await copy.claim(100, for: worker).count == 50)
        #expect(try await store.counts()[.pending] == 50)
        await copy.close()
        await store.close()
    }

    @Test("Q9 copies that are made while others write are each as of one instant")
    func whileWriting() async throws {
        let source = try TemporaryDirectory()
        let store = try await SQLiteJobStore(
            at: .file(source.database), options: SQLiteStoreOptions(walPageLimit: 16))
        // Every transaction leaves as many of the one type as of the other.
        let pair = [JobSubmission(type: "a", payload: [UInt8](repeating: 1, count: 3000)), JobSubmission(type: "b")]
        _ = try await store.submit(contentsOf: pair, at: now)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask { for _ in 0..<300 { _ = try await store.submit(contentsOf: pair, at: now) } }
            }
            for _ in 0..<3 {
                group.addTask {
                    let target = try TemporaryDirectory()
                    try await store.backup(to: target.database)
                    let copy = try await SQLiteJobStore(at: .file(target.database))
                    let types = try await copy.activeTypes()
                    #expect(types["a"] == types["b"])
                    #expect(try await copy.check() == [])
                    await copy.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.count(JobQuery()) == 1202)
        await store.close()
    }

    @Test("Q9 an empty file becomes the copy, and belongs to its owner alone then")
    func empty() async throws {
        let target = try TemporaryDirectory()
        try write([], to: target.database)
        let store = try await SQLiteJobStore(at: .memory)
        try await store.backup(to: target.database)
        #expect(mode(of: target.database) == 0o600)
        let copy = try await SQLiteJobStore(at: .file(target.database))
        #expect(try await copy.check() == [])
        await copy.close()
        await store.close()
    }

    @Test("Q9 what is there already is never written over, the store's own file least of all")
    func taken() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        let other = try TemporaryDirectory()
        try write([1], to: other.database)
        for (path, code) in [
            (directory.database, QueueError.Code.invalidOption), (other.database, .invalidOption),
            (other.path, .invalidOption), ("", .invalidOption), ("\(other.path)/missing/queue.db", .permission),
        ] {
            let error = await #expect(throws: QueueError.self) { try await store.backup(to: path) }
            #expect(error?.code == code, "\(path)")
        }
        #expect(contents(of: other.database) == [1])
        #expect(try await store.check() == [])
        await store.close()
    }

    @Test("Q9 a closed store can't be copied, and leaves no file", arguments: [true, false])
    func closed(inMemory: Bool) async throws {
        let directory = try TemporaryDirectory()
        let target = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: inMemory ? .memory : .file(directory.database))
        await store.close()
        let error = await #expect(throws: QueueError.self) { try await store.backup(to: target.database) }
        #expect(error?.code == .closed)
        #expect(access(target.database, F_OK) != 0)
    }

    @Test("Q9 a store that is only looked at can be copied")
    func readOnly() async throws {
        let directory = try TemporaryDirectory()
        let target = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        let tool = try await SQLiteJobStore(at: .file(directory.database), options: SQLiteStoreOptions(readOnly: true))
        try await tool.backup(to: target.database)
        let copy = try await SQLiteJobStore(at: .file(target.database))
        #expect(try await copy.count(JobQuery()) == 1)
        await copy.close()
        await tool.close()
        await store.close()
    }
}
