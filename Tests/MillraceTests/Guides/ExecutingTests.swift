import Foundation
import Millrace
import Synchronization
import Testing

/// The code of Documentation/Executing.md, run.
@Suite("Guide: executing")
struct ExecutingTests {
    struct Response: Sendable {
        var status = 200
        var retryAfter: Duration?
    }

    /// Answers with one response after the other, then with plain ones.
    final class Client: Sendable {
        private let responses: Mutex<[Response]>
        init(_ responses: [Response] = []) { self.responses = Mutex(responses) }
        func get(_ url: String) async throws -> Response {
            responses.withLock { $0.isEmpty ? Response() : $0.removeFirst() }
        }
    }

    struct Fetch: Job {
        static let type: JobType = "fetch"
        static let options = JobOptions(
            retry: .exponential(from: .milliseconds(1), upTo: .seconds(60), jitter: .full, retries: 5),
            timeout: .seconds(30))
        var url: String
    }

    struct Fetcher: JobExecutor {
        func execute(_ job: Fetch, in context: JobContext) async throws {
            guard let client = context.state(Client.self) else { throw JobError.permanent("no client was given") }
            let response = try await client.get(job.url)
            switch response.status {
            case 200: context.report(io: IOAmount(networkReceived: 1024))
            case 429: throw JobError.retryable("the server is busy", after: response.retryAfter)
            case 503: throw JobError.snooze(for: .milliseconds(1))
            case 400..<500: throw JobError.permanent("the server refused: \(response.status)")
            default: throw JobError.retryable("the server failed: \(response.status)")
            }
        }
    }

    private func fetch(_ responses: [Response]) async throws -> (JobRecord?, [JobRecord.Attempt]) {
        let queue = try await JobQueue {
            $0.setState(Client(responses))
        } domains: {
            Fetcher()
        }
        let id = try await queue.submit(Fetch(url: "/")).id
        try await queue.runUntilIdle()
        let found = (try await queue.job(id), try await queue.inspector.attempts(of: id))
        await queue.close()
        return found
    }

    @Test("E2 an error says what becomes of its job")
    func errors() async throws {
        let (busy, attempts) = try await fetch([Response(status: 429, retryAfter: .zero), Response(status: 500)])
        #expect(busy?.state == .completed)
        #expect(busy?.retries == 2)
        #expect(attempts.count == 3)
        let (refused, _) = try await fetch([Response(status: 404)])
        #expect(refused?.state == .failed)
        #expect(refused?.failure?.message == "the server refused: 404")
        let (snoozed, _) = try await fetch([Response(status: 503)])
        #expect(snoozed?.retries == 0)
        #expect(snoozed?.state == .completed)
    }

    enum PaymentError: DisposingError {
        case declined, unreachable

        var disposition: JobError.Disposition {
            switch self {
            case .declined: .permanent
            case .unreachable: .retryable(after: .milliseconds(1))
            }
        }
    }

    struct Pay: Job {
        static let type: JobType = "pay"
        var amount: Int
    }

    struct Cashier: JobExecutor {
        func execute(_ job: Pay, in context: JobContext) async throws {
            throw PaymentError.declined
        }
    }

    @Test("E2 an error of one's own says it too; a dead letter can be submitted again")
    func deadLetters() async throws {
        let queue = try await JobQueue {
            Cashier()
            Domain("net") { Fetcher() }.defaults(JobOptions(retry: RetryPolicy.none)).state(
                Client([Response(status: 500), Response(status: 500), Response(status: 500)]))
        }
        let paid = try await queue.submit(Pay(amount: 1))
        let policy = SubmitOptions(retry: RetryPolicy.none)
        let fetched = try await queue.submit(Fetch(url: "/"), policy)
        try await queue.runUntilIdle()
        #expect(try await queue.job(paid.id)?.state == .failed)
        #expect(try await queue.job(fetched.id)?.state == .deadLettered)

        let page = try await queue.jobs(JobQuery(states: [.deadLettered], domain: "net"))
        for job in page.jobs { try await queue.resubmit(job.id) }
        #expect(page.jobs.count == 1)
        #expect(try await queue.counts()[.pending] == 1)
        await queue.close()
    }

    struct Import: Job {
        static let type: JobType = "import"
        var rows: Int
    }

    struct Importer: JobExecutor {
        let imported = Imported()

        func execute(_ job: Import, in context: JobContext) async throws -> Int {
            var next = try context.checkpoint(as: Int.self) ?? 0
            while next < job.rows {
                try context.checkCancellation()
                imported.add(next)
                next += 1
                if next % 100 == 0 {
                    try await context.save(checkpoint: next)
                    context.report(count: next, of: job.rows)
                }
            }
            return next
        }
    }

    final class Imported: Sendable {
        private let rows = Mutex<[Int]>([])
        var all: [Int] { rows.withLock { $0 } }
        func add(_ row: Int) { rows.withLock { $0.append(row) } }
    }

    @Test("E1 a long job saves how far it has come, and tells it")
    func checkpoints() async throws {
        let importer = Importer()
        let queue = try await JobQueue { importer }
        let job = try await queue.submit(Import(rows: 250))
        var seen: [Double] = []
        let events = queue.events(of: job.id, [.progressed, .ended])
        async let run: Void = queue.runUntilIdle()
        for await event in events {
            switch event.kind {
            case .progressed(let progress): seen.append(progress.fraction ?? 0)
            case .ended(let state, _): #expect(state == .completed)
            default: break
            }
        }
        try await run
        #expect(seen.last == 0.8)
        #expect(importer.imported.all == Array(0..<250))
        #expect(try await queue.job(job.id)?.output.map { String(decoding: $0, as: UTF8.self) } == "250")
        await queue.close()
    }

    @Test("E6 a running job is asked to stop, and cleans up")
    func cancelling() async throws {
        let recorder = Recorder()
        let queue = try await JobQueue { recorder }
        let job = try await queue.submit(Record(seconds: 3600))
        let events = queue.events(of: job.id, [.started, .ended])
        async let run: Void = queue.runUntilIdle()
        for await event in events {
            if case .started = event.kind { try await queue.cancel(job.id) }
        }
        try await run
        #expect(try await queue.job(job.id)?.state == .cancelled)
        #expect(recorder.removed.withLock { $0 } == 1)
        await queue.close()
    }

    struct Record: Job {
        static let type: JobType = "record"
        var seconds: Int
    }

    final class Recorder: JobExecutor {
        let removed = Mutex(0)

        func execute(_ job: Record, in context: JobContext) async throws {
            try await context.clock.sleep(for: .seconds(job.seconds))
        }

        func cancelled(_ job: Record, in context: JobContext) async {
            removed.withLock { $0 += 1 }
        }
    }

    struct Greeting: Job {
        static let type: JobType = "greeting"
        static let aliases: [JobType] = ["hello"]
        static let version = 2
        var name: String
        var language: String

        static func migrate(_ bytes: [UInt8], from version: Int, with coder: any PayloadCoder) throws -> Greeting {
            let old = try coder.decode([String: String].self, from: bytes)
            return Greeting(name: old["who"] ?? "", language: "en")
        }
    }

    struct Greeter: JobExecutor {
        func execute(_ job: Greeting, in context: JobContext) async throws -> String {
            "\(job.language): \(job.name)"
        }
    }

    @Test("S10 jobs that an earlier release has stored are run")
    func migration() async throws {
        let queue = try await JobQueue { Greeter() }
        let old = JobSubmission(type: "hello", payload: Array(#"{"who":"Ada"}"#.utf8), payloadVersion: 1)
        let outcome = try await queue.submit(batch: [old])[0]
        try await queue.runUntilIdle()
        #expect(try await queue.job(outcome.id)?.output == Array(#""en: Ada""#.utf8))
        await queue.close()
    }

    @Test("S10 an audit tells of what a later release has stored")
    func auditing() async throws {
        let queue = try await JobQueue { Greeter() }
        let newer = JobSubmission(type: "greeting", payload: [], payloadVersion: 3)
        _ = try await queue.submit(batch: [newer, newer])
        let audit = try await queue.inspector.audit()
        for finding in audit.findings {
            print(finding)  // greeting: newerPayload, 2 jobs (#1, #2): newerPayload: the payload has version 3 of …
        }
        if audit.isClean { try await queue.run() }
        let line = "greeting: newerPayload, 2 jobs (#1, #2): newerPayload: the payload has version 3 of "
        #expect(audit.findings.count == 1)
        #expect(audit.findings.first?.description.hasPrefix(line) == true)
        #expect(try await queue.counts()[.pending] == 2)
        await queue.close()
    }
}
