import QueueConformance
import QueueModel
import QueueStorage
import QueueStoreKit
import QueueTesting
import Testing

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Keeps notes in a table of the user's.
protocol SQLiteStoreFactory: StoreFactory {}

extension SQLiteStoreFactory {
    func prepareNotes(in store: any JobStore) async throws {
        _ = try await #require(store as? SQLiteJobStore).withUserTables { connection in
            try connection.execute("CREATE TABLE IF NOT EXISTS note(id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
        }
    }

    func note(_ text: String, throwing error: (any Error)?) -> any CompletionEffect {
        SQLiteEffect { connection in
            try connection.execute("INSERT INTO note(text) VALUES(?1)", .text(text))
            if let error { throw error }
        }
    }

    func notes(in store: any JobStore) async throws -> [String] {
        try await #require(store as? SQLiteJobStore).withUserTables { connection in
            try connection.rows("SELECT text FROM note ORDER BY id").compactMap(\.first?.text)
        }
    }
}

/// Makes SQLite stores in memory, which are gone when they are closed.
struct SQLiteMemoryStoreFactory: SQLiteStoreFactory {
    var capabilities: StoreCapabilities { .effects }

    func makeStore() async throws -> any JobStore {
        try await SQLiteJobStore(at: .memory, options: SQLiteStoreOptions())
    }
}

/// Makes SQLite stores in files, each in a directory of its own that is taken away with the factory.
final class SQLiteFileStoreFactory: SQLiteStoreFactory {
    private let directory: String

    init() throws {
        var template = Array("/tmp/millrace-XXXXXX".utf8CString)
        let path = template.withUnsafeMutableBufferPointer { buffer in
            buffer.baseAddress.flatMap { mkdtemp($0) }.map { String(cString: $0) }
        }
        directory = try #require(path, "a directory for the store's file can't be made: \(errno)")
    }

    deinit {
        for name in ["queue.db", "queue.db-wal", "queue.db-shm", "queue.db-wake"] { unlink("\(directory)/\(name)") }
        rmdir(directory)
    }

    var capabilities: StoreCapabilities { [.persistent, .effects] }

    /// The path of the stores' file.
    var path: String { "\(directory)/queue.db" }

    func makeStore() async throws -> any JobStore {
        try await SQLiteJobStore(at: .file(path), options: SQLiteStoreOptions())
    }

    func reopen(_ store: any JobStore) async throws -> any JobStore {
        await store.close()
        return try await makeStore()
    }
}

/// Makes stores whose submissions go through a connection of their own.
struct EnqueuingStoreFactory: StoreFactory {
    private let files: SQLiteFileStoreFactory

    init() throws {
        files = try SQLiteFileStoreFactory()
    }

    var capabilities: StoreCapabilities { .persistent }

    func makeStore() async throws -> any JobStore { try await EnqueuingStore(path: files.path) }

    func reopen(_ store: any JobStore) async throws -> any JobStore {
        await store.close()
        return try await makeStore()
    }
}

@Suite("The SQLite store")
struct SQLiteStoreTests {
    @Test("conforms in memory", arguments: StoreConformance.checks)
    func memory(_ check: ConformanceCheck) async throws {
        try await check.run(SQLiteMemoryStoreFactory())
    }

    @Test("conforms in a file", arguments: StoreConformance.checks)
    func file(_ check: ConformanceCheck) async throws {
        try await check.run(SQLiteFileStoreFactory())
    }

    /// What submissions do.
    ///
    /// Word of those of another connection comes through the system, in its own time, so checks that listen are left
    /// out.
    static let ofSubmissions = StoreConformance.checks.filter { check in
        ["S", "D11", "D12"].contains { check.name.hasPrefix($0) } && !check.name.hasPrefix("S9")
            && !check.name.contains("signals it to stop")
    }

    @Test("S8 conforms when every submission is part of a transaction of somebody else's", arguments: ofSubmissions)
    func enqueuing(_ check: ConformanceCheck) async throws {
        try await check.run(EnqueuingStoreFactory())
    }

    @Test(
        "agrees with the reference in random histories", arguments: Array(1...60) + [131, 593, 1095, 1241] as [UInt64])
    func histories(_ seed: UInt64) async throws {
        let comparison = StoreComparison {
            try await SQLiteJobStore(at: .memory, options: SQLiteStoreOptions())
        }
        let difference = try await comparison.run(seed: seed, steps: 400)
        #expect(difference == nil, "\(difference?.description ?? "")")
    }

    @Test(
        "two stores on a file that take turns agree with the reference in random histories",
        arguments: Array(1...30) + [98, 124])
    func turns(_ seed: Int) async throws {
        let comparison = StoreComparison { try await AlternatingStore(in: SQLiteFileStoreFactory()) }
        let difference = try await comparison.run(seed: UInt64(seed), steps: 400)
        #expect(difference == nil, "\(difference?.description ?? "")")
    }
}
