import CMillraceSQLite
import Foundation
import Millrace
import Testing

/// The code of Documentation/Submitting.md, run.
@Suite("Guide: submitting")
struct SubmittingTests {
    struct Thumbnail: Job {
        static let type: JobType = "thumbnail"
        static let options = JobOptions(priority: .background, retry: .constant(.seconds(5)), group: "disk")
        var path: String
        var width = 256
        var uniqueness: Uniqueness { .key(path) }
        var label: String? { "thumbnail of \(path)" }
    }

    struct MakeThumbnail: JobExecutor {
        func execute(_ job: Thumbnail, in context: JobContext) async throws {}
    }

    struct Upload: Job {
        static let type: JobType = "upload"
        var path: String
    }

    struct Uploader: JobExecutor {
        func execute(_ job: Upload, in context: JobContext) async throws {}
    }

    private func makeQueue() async throws -> JobQueue {
        try await JobQueue {
            Domain("media") { MakeThumbnail() }.defaults(JobOptions(priority: .high, tags: [Tag("tier", "free")]))
            Uploader()
        }
    }

    @Test("S2 a setting is taken from the level nearest to the submission")
    func options() async throws {
        let queue = try await makeQueue()
        let path = "a.jpg"
        let outcome = try await queue.submit(
            Thumbnail(path: path),
            SubmitOptions(
                priority: .high, timeToLive: .seconds(3600), tags: [Tag("user", "17")], runAfter: .delay(.seconds(60))))
        let job = try #require(try await queue.job(outcome.id))
        #expect(job.priority == .high)
        #expect(job.group == "disk")
        #expect(job.tags == [Tag("user", "17"), Tag("tier", "free")])
        #expect(job.label == "thumbnail of a.jpg")
        #expect(job.runAfter == job.submittedAt.advanced(by: .seconds(60)))
        #expect(job.expiresAt == job.submittedAt.advanced(by: .seconds(3600)))

        let plain = try await queue.submit(Thumbnail(path: "b.jpg"))
        #expect(try await queue.job(plain.id)?.priority == .background)
        await queue.close()
    }

    @Test("S5 each strategy for duplicates has its outcome")
    func duplicates() async throws {
        let queue = try await makeQueue()
        let path = "a.jpg"
        let first = try await queue.submit(Thumbnail(path: path))
        #expect(try await queue.submit(Thumbnail(path: path)) == .duplicate(of: first.id))
        #expect(try await queue.submit(Thumbnail(path: path), SubmitOptions(priority: .high)) == .upgraded(first.id))
        let second = try await queue.submit(Thumbnail(path: path), SubmitOptions(onDuplicate: .supersede))
        #expect(second == .superseded(old: first.id, by: second.id))
        #expect(try await queue.job(first.id)?.state == .superseded)
        let refused = try await queue.submit(Thumbnail(path: path), SubmitOptions(onDuplicate: .reject))
        #expect(refused == .rejected(existing: second.id))
        try await queue.runUntilIdle()
        #expect(try await queue.submit(Thumbnail(path: path)).isNew)
        await queue.close()
    }

    @Test("S6 a batch is stored as a whole or not at all, and its error names the place")
    func batches() async throws {
        let queue = try await makeQueue()
        let paths = ["a.jpg", "b.jpg", "a.jpg"]
        let outcomes = try await queue.submit(contentsOf: paths.map { Thumbnail(path: $0) })
        #expect(outcomes[2] == .duplicate(of: outcomes[0].id))

        let path = "c.jpg"
        try await queue.submit(batch: [
            queue.submission(of: Thumbnail(path: path)),
            queue.submission(of: Upload(path: path), SubmitOptions(dependencies: [.submission(0)])),
        ])
        #expect(try await queue.count() == 4)

        var log: [String] = []
        do {
            try await queue.submit(contentsOf: ["x.jpg", ""].map { Thumbnail(path: $0) })
        } catch {
            log.append("number \(error.index ?? 0): \(error.message)")
        }
        #expect(log == ["number 1: the unique key is empty"])
        #expect(try await queue.count() == 4)
        await queue.close()
    }

    @Test("Jobs are found by tag, and paged through")
    func find() async throws {
        let queue = try await makeQueue()
        try await queue.submit(
            contentsOf: (0..<25).map { Upload(path: "\($0)") }, SubmitOptions(tags: [Tag("user", "17")]))
        var found: [JobRecord] = []
        var query = JobQuery(states: [.pending], tags: [Tag("user", "17")], order: .oldestFirst, limit: 10)
        repeat {
            let page = try await queue.jobs(query)
            found += page.jobs
            query.after = page.next
        } while query.after != nil
        #expect(found.count == 25)
        #expect(try await queue.count(JobQuery(tags: [Tag("user", "17")])) == 25)
        await queue.close()
    }

    @Test("A program may submit what others run")
    func submitOnly() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.db")
        let frontend = try await JobQueue(path: path) {
            Domain("media") { ExecutorRegistration.submitting(Thumbnail.self) }
        }
        try await frontend.submit(Thumbnail(path: "a.jpg"))
        try await frontend.runUntilIdle()
        #expect(try await frontend.counts()[.pending] == 1)
        await frontend.close()

        let worker = try await JobQueue(path: path) { Domain("media") { MakeThumbnail() } }
        try await worker.runUntilIdle()
        #expect(try await worker.counts()[.completed] == 1)
        await worker.close()
    }

    @Test("S8 A job is submitted with the data that it belongs to, or not at all")
    func transaction() async throws {
        let directory = try TemporaryDirectory()
        let queue = try await JobQueue(path: directory.file("jobs.db")) { Uploader() }
        var opened: OpaquePointer?
        sqlite3_open_v2(directory.file("jobs.db"), &opened, SQLITE_OPEN_READWRITE, nil)
        let connection = try #require(opened)
        defer { sqlite3_close(connection) }
        sqlite3_exec(connection, "CREATE TABLE photo(path TEXT)", nil, nil, nil)
        let path = "a.jpg"

        let submitter = try TransactionalSubmitter(on: connection)
        defer { submitter.close() }

        sqlite3_exec(connection, "BEGIN IMMEDIATE", nil, nil, nil)
        sqlite3_exec(connection, "INSERT INTO photo(path) VALUES('a.jpg')", nil, nil, nil)
        let outcome = try queue.submit(Upload(path: path), through: submitter)
        sqlite3_exec(connection, "COMMIT", nil, nil, nil)

        #expect(try await queue.job(outcome.id)?.state == .pending)

        await queue.close()
    }
}
