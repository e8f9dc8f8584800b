import CToolSQLite
import FaultRuns
import FaultVFS
import Testing

@Suite("The layer under SQLite")
struct FaultVFSTests {
    /// A table of ten rows in a file with a log, opened through the layer.
    private func scene(_ injector: FaultInjector) throws -> (Directory, RawConnection) {
        let directory = try Directory()
        try FaultVFS.attach(injector, to: directory.path)
        let connection = try RawConnection(directory.database)
        #expect(connection.execute("PRAGMA journal_mode = WAL") == SQLITE_OK)
        #expect(connection.execute("PRAGMA synchronous = FULL") == SQLITE_OK)
        #expect(connection.execute("CREATE TABLE item(id INTEGER PRIMARY KEY, bytes BLOB)") == SQLITE_OK)
        return (directory, connection)
    }

    private let insert = "INSERT INTO item(bytes) VALUES(zeroblob(100))"

    @Test("a call that the plan means fails with its own code, and the next one passes")
    func once() throws {
        let injector = FaultInjector()
        let (directory, connection) = try scene(injector)
        defer { FaultVFS.detach(from: directory.path) }
        injector.arm(FaultPlan(call: 2, of: [.write], on: [.log], does: .error))
        #expect(connection.execute(insert) == SQLITE_IOERR)
        #expect(injector.fired.count == 1)
        #expect(connection.execute(insert) == SQLITE_OK)
        #expect(connection.integer("SELECT count(*) FROM item") == 1)
    }

    @Test("a plan that lasts lets all calls fail until it is lifted")
    func lasting() throws {
        let injector = FaultInjector()
        let (directory, connection) = try scene(injector)
        defer { FaultVFS.detach(from: directory.path) }
        injector.arm(FaultPlan(call: 1, of: [.write], on: [.log], does: .full, times: .max))
        for _ in 0..<3 { #expect(connection.execute(insert) == SQLITE_FULL) }
        #expect(connection.integer("SELECT count(*) FROM item") == 0)
        injector.lift()
        #expect(connection.execute(insert) == SQLITE_OK)
        #expect(injector.fired.count == 3)
    }

    @Test("half of a torn write is in the file")
    func torn() throws {
        let injector = FaultInjector()
        let (directory, connection) = try scene(injector)
        defer { FaultVFS.detach(from: directory.path) }
        let before = try #require(Directory.contents(of: "\(directory.database)-wal")).count
        // The second write of a commit is a page; its frame's header of 24 bytes comes first.
        injector.arm(FaultPlan(call: 2, of: [.write], on: [.log], does: .tornFull))
        #expect(connection.execute(insert) == SQLITE_FULL)
        #expect(Directory.contents(of: "\(directory.database)-wal")?.count == before + 24 + 2048)
    }

    @Test("calls are counted by operation and file, in the judge's directory alone")
    func counting() throws {
        let injector = FaultInjector()
        let (directory, connection) = try scene(injector)
        defer { FaultVFS.detach(from: directory.path) }
        let other = try Directory()
        let all = injector.calls()
        #expect(try RawConnection(other.database).execute("CREATE TABLE item(id)") == SQLITE_OK)
        #expect(injector.calls() == all)
        let syncs = injector.calls(of: [.sync], on: [.log])
        #expect(connection.execute(insert) == SQLITE_OK)
        #expect(injector.calls(of: [.sync], on: [.log]) == syncs + 1)
        #expect(injector.calls(of: [.write], on: [.database]) > 0)
        #expect(injector.calls(of: [.open]) >= 3)
    }

    @Test("each operation can fail", arguments: FileOperation.allCases)
    func operations(_ operation: FileOperation) throws {
        let injector = FaultInjector(FaultPlan(call: 1, of: [operation], does: .error))
        let directory = try Directory()
        try FaultVFS.attach(injector, to: directory.path)
        defer { FaultVFS.detach(from: directory.path) }
        for _ in 0..<2 {
            // A journal that belongs to no connection: locks are queried only where there is one.
            Directory.write([0], to: "\(directory.database)-journal")
            let connection = try RawConnection(directory.database)
            for sql in [
                "CREATE TABLE IF NOT EXISTS item(id INTEGER PRIMARY KEY, bytes BLOB)", insert,
                "PRAGMA journal_mode = WAL", insert, "PRAGMA wal_checkpoint(TRUNCATE)", insert, "SELECT * FROM item",
            ] {
                connection.execute(sql)
            }
        }
        #expect(injector.fired.count == 1)
    }
}
