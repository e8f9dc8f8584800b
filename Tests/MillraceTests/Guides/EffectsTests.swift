import Millrace
import Synchronization
import Testing

/// The code of Documentation/Effects.md, run.
@Suite("Guide: results and effects")
struct EffectsTests {
    struct Weigh: Job {
        static let type: JobType = "weigh"
        var parcel: String
    }

    struct Scales: JobExecutor {
        func execute(_ job: Weigh, in context: JobContext) async throws -> Int {
            if job.parcel.isEmpty { throw JobError.permanent("there is no parcel") }
            return job.parcel.count * 100
        }
    }

    struct Invoice: Job {
        static let type: JobType = "invoice"
    }

    struct Invoicer: JobExecutor {
        func execute(_ job: Invoice, in context: JobContext) async throws -> Int {
            var total = 0
            for parcel in try await context.dependencies() {
                total += try context.output(of: parcel, as: Int.self) ?? 0
            }
            return total
        }
    }

    struct Pay: Job {
        static let type: JobType = "pay"
        var account: Int
        var amount: Int
    }

    struct Payer: JobExecutor {
        func execute(_ job: Pay, in context: JobContext) async throws {
            try await confirm(job)
            try context.atCompletion { connection in
                try connection.execute(
                    "UPDATE account SET balance = balance - ?1 WHERE id = ?2", .init(job.amount), .init(job.account))
                try connection.execute("INSERT INTO payment(job) VALUES(?1)", .init(context.id.rawValue))
            }
        }
    }

    @Test("Q3 a result comes by the executor's type, and another end as an error")
    func results() async throws {
        let queue = try await JobQueue {
            Scales()
            Invoicer()
        }
        async let run: Void = queue.run()

        let outcome = try await queue.submit(Weigh(parcel: "books"))
        let grams = try await queue.result(of: outcome.id, from: Scales.self)

        #expect(grams == 500)
        var log: [String] = []
        let empty = try await queue.submit(Weigh(parcel: ""))
        do {
            _ = try await queue.result(of: empty.id, from: Scales.self)
        } catch let end as JobEndError where end.state == .failed {
            log.append(end.failure?.message ?? "")
        }
        #expect(log == ["there is no parcel"])

        let other = try await queue.submit(Weigh(parcel: "pens"))
        let invoice = try await queue.submit(
            Invoice(), SubmitOptions(dependencies: [.job(outcome.id), .job(other.id)]))
        #expect(try await queue.result(of: invoice.id, from: Invoicer.self) == 900)
        queue.shutdown()
        try await run
        await queue.close()
    }

    @Test("E8 each payment is made exactly once, with its job's completion, or not at all", arguments: [true, false])
    func effects(inFile: Bool) async throws {
        let directory = try TemporaryDirectory()
        let queue =
            inFile
            ? try await JobQueue(path: directory.file("jobs.db")) { Payer() } : try await JobQueue { Payer() }

        try await queue.withUserTables { connection in
            try connection.execute(
                "CREATE TABLE IF NOT EXISTS account(id INTEGER PRIMARY KEY, balance INTEGER CHECK(balance >= 0))")
            try connection.execute("CREATE TABLE IF NOT EXISTS payment(job INTEGER PRIMARY KEY)")
        }

        try await queue.withUserTables { try $0.execute("INSERT INTO account VALUES(1, 1000)") }
        try await queue.submit(
            contentsOf: (0..<120).map { _ in Pay(account: 1, amount: 10) },
            SubmitOptions(retry: .immediate(retries: 1)))
        try await queue.runUntilIdle()
        let counts = try await queue.counts()
        #expect(counts[.completed] == 100)
        #expect(counts[.deadLettered] == 20)
        let left = try await queue.withUserTables { connection in
            try connection.rows(
                """
                SELECT (SELECT balance FROM account), count(*), count(jobs.id) FROM payment
                LEFT JOIN jobs ON jobs.id = payment.job AND jobs.state = 'completed'
                """)
        }
        #expect(left == [[0, 100, 100]])
        await queue.close()
    }
}

extension EffectsTests.Payer {
    private func confirm(_ job: EffectsTests.Pay) async throws {}
}
