import QueueModel
import QueueStoreKit
import Testing

@testable import QueueStorage

@Suite("Rows")
struct RowTests {
    @Test(
        "I11 a row that can't be read is an error that names it",
        arguments: [
            ("job", "priority = 256"), ("job", "state = 99"), ("job_extra", "phase = 7"),
            ("job_extra", "failure_kind = 77"),
            ("job_extra", "retry = '?'"), ("job_extra", "tags = '9:a'"), ("job_extra", "io = '1,2'"),
            ("job", "payload_version = -1"), ("job", "payload_version = 2147483648"),
            ("job", "attempt = 9223372036854775807"), ("job_extra", "crashes = 9223372036854775807"),
            ("job_extra", "crashes = -1"),
        ])
    func undecodable(_ table: String, _ change: String) async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        _ = try await store.submit(JobSubmission(type: "work", label: "x"), at: now)
        let raw = try Connection(path: directory.database, access: .readWrite)
        try raw.execute("UPDATE \(table) SET \(change)")
        raw.close()
        let error = await #expect(throws: QueueError.self) { try await store.job(JobID(1)) }
        #expect(error?.code == .invalidRow)
        #expect(error?.message.contains("row 1 of \(table)") == true)
        #expect(error?.jobs == [JobID(1)])
        #expect(try await store.check().contains { $0.contains("#1") }, "a check reads every row")
        await store.close()
    }

    @Test(
        "I11 what would be claimed for ever, or overflow, is an error of the claim, and harms no other call",
        arguments: [
            ("job", "priority = -1"), ("job", "io_size = -9223372036854775808"), ("job", "io_size = 4294967296"),
            ("job", "grp = -1"), ("job", "attempt = 9223372036854775807"), ("job", "id = 9223372036854775807"),
        ])
    func unclaimable(_ table: String, _ change: String) async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        _ = try await store.submit(JobSubmission(type: "work"), at: now)
        let worker = try await store.openWorker(lease: .seconds(60), at: HostTime(now))
        let raw = try Connection(path: directory.database, access: .readWrite)
        try raw.execute("UPDATE \(table) SET \(change)")
        raw.close()
        let error = await #expect(throws: QueueError.self) { try await store.claim(for: worker) }
        #expect(error?.code == .invalidRow)
        #expect(try await store.counts()[.pending] == 1)
        #expect(try await store.check() != [])
        await store.close()
    }

    @Test(
        "I11 a check finds what stands in two places and differs",
        arguments: [
            "UPDATE tag SET value = 'other'", "DELETE FROM tag", "INSERT INTO tag VALUES('more', '', 2)",
            "DELETE FROM child", "UPDATE child SET parent = 3", "UPDATE dependency SET on_job = 2",
            "UPDATE job SET flags = flags | 4096 WHERE id = 3",
            "UPDATE job SET flags = flags & ~256 WHERE id = 3", "UPDATE job SET flags = flags | 256 WHERE id = 2",
            "UPDATE job SET flags = flags & ~2 WHERE id = 2", "UPDATE job SET flags = flags | 128 WHERE id = 1",
            "INSERT INTO payload VALUES(1, x'00')", "UPDATE job SET state = 7, flags = flags & ~4 WHERE id = 1",
        ])
    func contradiction(_ sql: String) async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        let tags = [QueueModel.Tag("kind", "1"), QueueModel.Tag("é", "")]
        let parent = try await store.submit(JobSubmission(type: "work"), at: now).id
        _ = try await store.submit(JobSubmission(type: "work", tags: tags, parent: parent), at: now)
        _ = try await store.submit(JobSubmission(type: "work", dependencies: [.job(parent)]), at: now)
        #expect(try await store.check() == [])
        let raw = try Connection(path: directory.database, access: .readWrite)
        try raw.execute(sql)
        raw.close()
        #expect(try await store.check() != [])
        await store.close()
    }

    @Test(
        "I11 a schedule that can't be read is an error that names it, and is found by a check",
        arguments: [
            "priority = 256", "on_duplicate = 9", "recurrence = '?'", "retry = '?'", "tags = '9:a'",
            "expected_io = '1,2'",
        ])
    func undecodableSchedule(_ change: String) async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        let job = RecurringJob(JobSubmission(type: "work"), .every(.seconds(1)))
        _ = try await store.register("nightly", job, first: now, at: now)
        let raw = try Connection(path: directory.database, access: .readWrite)
        try raw.execute("UPDATE schedule SET \(change)")
        raw.close()
        let error = await #expect(throws: QueueError.self) { try await store.schedule("nightly") }
        #expect(error?.code == .invalidRow)
        #expect(error?.message.contains("\"nightly\" of schedule") == true)
        #expect(try await store.check().contains { $0.contains("nightly") })
        await store.close()
    }

    @Test(
        "D13 a check finds schedules that contradict the jobs",
        arguments: ["last_job = 7", "type = 99", "grp = 99", "occurrences = 1"])
    func wrongSchedule(_ change: String) async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.database))
        let job = RecurringJob(JobSubmission(type: "work"), .every(.seconds(1)))
        _ = try await store.register("nightly", job, first: now, at: now)
        #expect(try await store.check() == [])
        let raw = try Connection(path: directory.database, access: .readWrite)
        try raw.execute("UPDATE schedule SET \(change)")
        raw.close()
        #expect(try await store.check().count == 1)
        await store.close()
    }

    @Test(
        "tags come back from their column",
        arguments: [
            [], [QueueModel.Tag("a", "")],
            [QueueModel.Tag("a:b", "1:2"), QueueModel.Tag("é", "\u{1F600}"), QueueModel.Tag("7:", "::")],
        ])
    func tags(_ tags: [QueueModel.Tag]) {
        let text = StoredText.text(of: tags)
        #expect((text == nil) == tags.isEmpty)
        #expect(text.map(Self.tags) ?? [] == tags)
    }

    @Test(
        "a column that holds no tags is told apart",
        arguments: ["x", "1:", "2:a", "1:a", "-1:a1:b", "1:a1:b!", "99999999999999999999:a", ":a"])
    func noTags(_ text: String) {
        #expect(Self.tags(in: text) == nil)
    }

    private static func tags(in text: String) -> [QueueModel.Tag]? {
        Array(text.utf8).withUnsafeBufferPointer(StoredText.tags)
    }

    @Test("places order by priority, then by id")
    func places() {
        let places = [(0, 1 << 40), (1, 1), (1, 2), (128, 1), (255, 1)].map { Place(priority: $0, id: $1) }
        #expect(places == places.sorted())
        #expect(places.map(\.id) == [1 << 40, 1, 2, 1, 1])
        #expect(places.map(\.priority) == [0, 1, 1, 128, 255])
    }
}
