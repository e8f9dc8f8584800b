import CMillraceSQLite
import Millrace
import Testing

/// Queues on one file that hear of each other's work: each has a safety poll of an hour, so that nothing but a wake-up can make them look.
@Suite("Waking")
struct WakingTests {
    struct Ship: Job, Hashable {
        static let type: JobType = "ship"
        var order: Int
    }

    struct Shipper: JobExecutor {
        func execute(_ job: Ship, in context: JobContext) async throws {}
    }

    /// An idle queue that runs on a file.
    private func whileIdle(_ path: String, _ body: (JobQueue) async throws -> Void) async throws {
        let queue = try await JobQueue(path: path) {
            $0.pollInterval = .seconds(3600)
            $0.lease = .seconds(36_000)
        } domains: {
            Shipper()
        }
        // It has looked, and found nothing, when the job of its start has ended.
        let ended = queue.events(.ended)
        let first = try await queue.submit(Ship(order: 0))
        async let run: Void = queue.run()
        for await event in ended where event.id == first.id { break }
        do {
            try await body(queue)
        } catch {
            queue.shutdown(within: .zero)
            try? await run
            throw error
        }
        queue.shutdown(within: .zero)
        try await run
        await queue.close()
    }

    @Test("S9 a submission through another store on the file wakes an idle queue, as another process's does")
    func otherStore() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.db")
        try await whileIdle(path) { queue in
            let frontend = try await JobQueue(path: path) { ExecutorRegistration.submitting(Ship.self) }
            let ended = queue.events(.ended)
            for order in 1...3 {
                let id = try await frontend.submit(Ship(order: order)).id
                for await event in ended where event.id == id { break }
                #expect(try await frontend.job(id)?.state == .completed)
            }
            await frontend.close()
        }
    }

    @Test("S8 a job of the user's own transaction runs after its commit, and after a rollback neither is there")
    func ownTransaction() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.db")
        try await whileIdle(path) { queue in
            let ended = queue.events(.ended)
            let connection = try Shop(path: path)
            try connection.execute("CREATE TABLE orders(id INTEGER PRIMARY KEY)")
            for (order, end) in [(1, "ROLLBACK"), (2, "COMMIT"), (3, "ROLLBACK"), (4, "COMMIT")] {
                let outcome = try connection.place(order, in: queue, end)
                guard end == "COMMIT" else { continue }
                for await event in ended where event.id == outcome.id { break }
                let job = try #require(try await queue.job(outcome.id))
                #expect(try JSONCoder().decode(Ship.self, from: job.payload) == Ship(order: order))
            }
            #expect(try await queue.counts()[.completed] == 3)
            #expect(try await queue.count() == 3)
            #expect(connection.orders == [2, 4])
            connection.close()
        }
    }
}

/// The user's side: a connection of the user's with a table of the user's.
private final class Shop {
    private let connection: OpaquePointer
    private let submitter: TransactionalSubmitter

    init(path: String) throws {
        var opened: OpaquePointer?
        sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE, nil)
        connection = try #require(opened)
        sqlite3_busy_timeout(connection, 5000)
        submitter = try TransactionalSubmitter(on: connection)
    }

    func execute(_ sql: String) throws {
        try #require(sqlite3_exec(connection, sql, nil, nil, nil) == SQLITE_OK)
    }

    func place(_ order: Int, in queue: JobQueue, _ end: String) throws -> SubmitOutcome {
        try execute("BEGIN IMMEDIATE; INSERT INTO orders VALUES(\(order))")
        let outcome = try queue.submit(WakingTests.Ship(order: order), through: submitter)
        try execute(end)
        return outcome
    }

    var orders: [Int64] {
        var statement: OpaquePointer?
        sqlite3_prepare_v2(connection, "SELECT id FROM orders ORDER BY id", -1, &statement, nil)
        defer { sqlite3_finalize(statement) }
        var orders: [Int64] = []
        while sqlite3_step(statement) == SQLITE_ROW { orders.append(sqlite3_column_int64(statement, 0)) }
        return orders
    }

    func close() {
        submitter.close()
        sqlite3_close(connection)
    }
}
