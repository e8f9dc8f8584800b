import Foundation
import Millrace
@_spi(Testing) import QueueStorage
import QueueStoreKit
import Synchronization
import Testing

@Suite("The umbrella", .serialized) struct UmbrellaTests {
    struct Echo: Job {
        static let type: JobType = "echo"
        var text: String
        var when: Date?
    }

    /// Returns what it is given, once `gate` lets it.
    struct Echoing: JobExecutor {
        var gate: @Sendable () async -> Void = {}

        func execute(_ job: Echo, in context: JobContext) async throws -> String {
            await gate()
            return job.text
        }
    }

    @Test("equal values have equal bytes, and dates come back to the last bit")
    func coder() throws {
        let coder = JSONCoder()
        let value = ["b": 1, "a": 2, "c/d": 3]
        #expect(try String(decoding: coder.encode(value), as: UTF8.self) == #"{"a":2,"b":1,"c/d":3}"#)
        for seconds in [0, 0.1, 812_345_678.123_456_7, -63_113_904_000] {
            let echo = Echo(text: "é😀", when: Date(timeIntervalSinceReferenceDate: seconds))
            let back = try coder.decode(Echo.self, from: try coder.encode(echo))
            #expect(back.text == echo.text && back.when == echo.when)
        }
    }

    @Test("D13 a schedule in a file outlives the program, which registers it again at each start and begins it once")
    func scheduleInFile() async throws {
        let directory = try TemporaryDirectory()
        for _ in 0..<3 {
            let queue = try await JobQueue(path: directory.file("queue.db"), concurrency: 1) { Echoing() }
            let record = try await queue.schedules.register(
                Echo(text: "hourly"), .every(.seconds(3600)), id: "hourly",
                options: SubmitOptions(timeout: .seconds(1), tags: [.init("a", "b")]))
            try await queue.runUntilIdle()
            let later = try #require(try await queue.schedules.find("hourly"))
            #expect(later.job == record.job)
            #expect(later.occurrences == 1)
            #expect(try await queue.counts()[.completed] == 1)
            #expect(try await queue.store.check() == [])
            await queue.close()
        }
    }

    /// Keeps the warnings of a queue.
    final class Warnings: LogSink {
        let lines = Mutex<[String]>([])

        func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
            let line = message()
            if level == .warning { lines.withLock { $0.append(line) } }
        }
    }

    @Test("I11 a directory that anybody can write to is warned about", arguments: [0o700, 0o777])
    func openDirectory(mode: Int) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("queue.db")
        let parent = URL(filePath: path).deletingLastPathComponent().path
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: parent)
        let warnings = Warnings()
        let queue = try await JobQueue(path: path) {
            $0.log = warnings
        } domains: {
            Echoing()
        }
        await queue.close()
        let lines = warnings.lines.withLock { $0 }
        #expect(lines.count == (mode == 0o777 ? 1 : 0))
        #expect(lines.allSatisfy { $0.contains(path) })
    }

    @Test("S7 bad settings are refused before a file is made")
    func badSettings() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("queue.db")
        await #expect(throws: QueueError.self) {
            _ = try await JobQueue(path: path, concurrency: 0) { Echoing() }
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("I11 a directory that isn't there, and one below a file, are refused with a clear error")
    func badPaths() async throws {
        let directory = try TemporaryDirectory()
        try Data("no directory".utf8).write(to: URL(fileURLWithPath: directory.file("file")))
        for path in [directory.file("missing/queue.db"), directory.file("file/queue.db"), directory.path] {
            let error = await #expect(throws: QueueError.self) {
                _ = try await JobQueue(path: path) { Echoing() }
            }
            #expect(
                error.map { [.permission, .readOnly, .io].contains($0.code) } ?? false,
                "\(path): \(String(describing: error))")
        }
    }

    @Test("I2 a queue that is opened again goes on where it was")
    func reopening() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("queue.db")
        let first = try await JobQueue(path: path) { Echoing() }
        let id = try await first.submit(Echo(text: "kept")).id
        await first.close()
        let second = try await JobQueue(path: path) { Echoing() }
        try await second.runUntilIdle()
        let output = try #require(try await second.job(id)?.output)
        #expect(try JSONCoder().decode(String.self, from: output) == "kept")
        await second.close()
    }

    @Test("C6 I11 a full disk loses no completion: it is stored when there is room again")
    func fullDisk() async throws {
        let directory = try TemporaryDirectory()
        let store = try await SQLiteJobStore(at: .file(directory.file("queue.db")))
        let text = String(repeating: "x", count: 300_000)
        var configuration = QueueConfiguration(coder: JSONCoder(), concurrency: 4)
        configuration.log = SilentLog()
        let full = Mutex(false)
        let queue = try JobQueue(store: store, configuration: configuration) {
            // The disk fills up while the job runs, so that its output has no room.
            Echoing {
                if full.withLock({ was in
                    defer { was = true }; return !was
                }) {
                    try? await StoreProbe(store).limitPages(to: 1)
                }
            }
        }
        let id = try await queue.submit(Echo(text: text)).id
        async let running: Void = queue.runUntilIdle()
        // A submission fails as well, with nothing stored, as long as there is no room.
        var refused: QueueError?
        while refused == nil {
            if full.withLock({ $0 }) {
                do { try await queue.submit(Echo(text: text)) } catch { refused = error }
            }
            await Task.yield()
        }
        #expect(refused?.code == .diskFull && refused?.isTransient == true)
        #expect(try await store.job(id)?.state == .running)
        try await StoreProbe(store).limitPages(to: 1_000_000)
        try await running
        #expect(try await store.job(id)?.state == .completed)
        #expect(try await store.check() == [])
        #expect(queue.counters.rejected == 0)
        await queue.close()
    }

    private struct SilentLog: LogSink {
        func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
    }
}
