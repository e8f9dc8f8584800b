import Foundation
import Millrace
import Synchronization
import Testing

/// The code of the guides in Documentation, run.
///
/// Each block of a guide stands here, line by line, as it stands there.
@Suite("Guides") struct GuideTests {
    // MARK: Submitting.md

    struct Upload: Job {
        static let type: JobType = "upload"
        static let options = JobOptions(priority: .background, group: "s3", tags: [Tag("kind", "photo")])
        var path: String
        var uniqueness: Uniqueness { .key(path) }
        var label: String? { "upload of \(path)" }
    }

    struct Uploader: JobExecutor {
        func execute(_ job: Upload, in context: JobContext) async throws {}
    }

    @Test("S1 S2 S4 the code of the guide on submitting does what it says")
    func submitting() async throws {
        let queue = try await JobQueue(inMemory: 2) { Domain("media") { Uploader() } }
        let outcome = try await queue.submit(Upload(path: "a.jpg"))
        let urgent = try await queue.submit(
            Upload(path: "b.jpg"),
            SubmitOptions(
                priority: .high, timeToLive: .seconds(3600), tags: [Tag("album", "summer")],
                runAfter: .delay(.seconds(30))))
        switch try await queue.submit(Upload(path: "a.jpg")) {
        case .duplicate(of: let id): #expect(id == outcome.id)
        default: Issue.record("the key is taken")
        }
        let record = try #require(try await queue.job(urgent.id))
        #expect(record.type == "media.upload" && record.priority == .high && record.group == "s3")
        #expect(Set(record.tags) == [Tag("kind", "photo"), Tag("album", "summer")])
        try await queue.submit(contentsOf: ["c.jpg", "d.jpg"].map { Upload(path: $0) })
        await #expect {
            try await queue.submit(Upload(path: ""), SubmitOptions(timeout: .zero))
        } throws: { error in
            (error as? QueueError)?.code == .invalidText || (error as? QueueError)?.code == .invalidOption
        }
        #expect(try await queue.count(JobQuery(states: [.pending])) == 4)
        await queue.close()
    }

    // MARK: Executing.md

    struct Resize: Job {
        static let type: JobType = "resize"
        static let options = JobOptions(
            retry: .exponential(from: .seconds(1), upTo: .seconds(60), jitter: .full, retries: 5),
            timeout: .seconds(120))
        var path: String
        var widths: [Int]
    }

    struct Resizer: JobExecutor {
        struct Limits: Sendable { var widest: Int }

        func execute(_ job: Resize, in context: JobContext) async throws -> [String] {
            let widest = context.state(Limits.self)?.widest ?? .max
            var made = try context.checkpoint(as: [String].self) ?? []
            for (index, width) in job.widths.enumerated().dropFirst(made.count) {
                try context.checkCancellation()
                guard width <= widest else { throw JobError.permanent("\(width) is too wide") }
                made.append("\(job.path)@\(width)")
                try await context.save(checkpoint: made)
                context.report(progress: Double(index + 1) / Double(job.widths.count))
            }
            return made
        }

        func cancelled(_ job: Resize, in context: JobContext) async {
            context.log(.info, "gave up on \(job.path)")
        }
    }

    @Test("E1 E2 the code of the guide on executing does what it says")
    func executing() async throws {
        let queue = try await JobQueue(inMemory: 4) {
            Domain("images") { Resizer() }.concurrency(2).state(Resizer.Limits(widest: 4096))
        }
        let events = queue.events(of: Resize.self, [.ended])
        let good = try await queue.submit(Resize(path: "a.png", widths: [64, 256]))
        let bad = try await queue.submit(Resize(path: "b.png", widths: [9000]))
        try await queue.runUntilIdle()
        let output = try #require(try await queue.job(good.id)?.output)
        #expect(try JSONCoder().decode([String].self, from: output) == ["a.png@64", "a.png@256"])
        #expect(try await queue.job(bad.id)?.state == .failed)
        await queue.close()
        var ends: Set<JobID> = []
        for await event in events { if let id = event.id { ends.insert(id) } }
        #expect(ends == [good.id, bad.id])
    }

    // MARK: Dependencies.md

    struct Chunk: Job {
        static let type: JobType = "chunk"
        var number: Int
    }

    struct Assemble: Job {
        static let type: JobType = "assemble"
        var chunks: Int
    }

    struct ChunkMaker: JobExecutor {
        func execute(_ job: Chunk, in context: JobContext) async throws {}
    }

    struct Assembler: JobExecutor {
        func execute(_ job: Assemble, in context: JobContext) async throws -> Int {
            try await context.spawn(contentsOf: (0..<job.chunks).map { Chunk(number: $0) })
            return job.chunks
        }

        func finalize(_ job: Assemble, output: Int, in context: JobContext) async throws -> Int {
            let done = try await context.queue.count(JobQuery(states: [.completed], parent: context.id))
            guard done == output else { throw JobError.permanent("\(output - done) chunks are missing") }
            return done
        }
    }

    @Test("D11 D12 the code of the guide on dependencies and children does what it says")
    func dependencies() async throws {
        let queue = try await JobQueue(inMemory: 4) {
            ChunkMaker()
            Assembler()
        }
        let outcomes = try await queue.submit(batch: [
            queue.submission(of: Assemble(chunks: 3)),
            queue.submission(of: Chunk(number: 99), SubmitOptions(dependencies: [.submission(0)])),
            queue.submission(
                of: Chunk(number: 100),
                SubmitOptions(dependencies: [.submission(0), .submission(1)], dependencyPolicy: .ignore)),
        ])
        #expect(try await queue.job(outcomes[2].id)?.state == .blocked)
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.completed] == 6)
        await queue.close()
    }

    // MARK: Operating.md

    @Test("D3 D8 E4 the code of the guide on operating does what it says")
    func operating() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.db")
        let queue = try await JobQueue(path: path, concurrency: 8, durability: .full) { configuration in
            configuration.groups["s3"] = GroupRule(limit: 4)
            configuration.retention = RetentionPolicy(maximumCount: 10_000, maximumAge: .seconds(7 * 86_400))
            configuration.lease = .seconds(20)
        } domains: {
            Domain("media") { Uploader() }
        }
        try await queue.pause(.group("s3"), reason: "maintenance")
        try await queue.submit(Upload(path: "a.jpg"))
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.pending] == 1)
        try queue.setRule(GroupRule(limit: 16), ofGroup: "s3")
        try queue.setConcurrency(4, ofDomain: "media")
        try await queue.resume(.group("s3"), reason: "maintenance")
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.completed] == 1)
        for letter in try await queue.jobs(JobQuery(states: [.deadLettered])).jobs {
            try await queue.resubmit(letter.id)
        }
        #expect(try await queue.store.check() == [])
        await queue.close()
    }

    // MARK: The texts

    @Test(
        "each block of code of a guide stands in this file",
        arguments: ["Submitting", "Executing", "Dependencies", "Operating"])
    func blocks(_ guide: String) throws {
        let text = try String(contentsOf: packageRoot.appending(path: "Documentation/\(guide).md"), encoding: .utf8)
        let code = try Self.squeezed(String(contentsOfFile: #filePath, encoding: .utf8))
        let blocks = text.components(separatedBy: "```swift\n").dropFirst().map { $0.components(separatedBy: "```")[0] }
        #expect(!blocks.isEmpty)
        for block in blocks { #expect(code.contains(Self.squeezed(block)), "\(block)") }
    }

    @Test("the README's program is that of Examples/Quickstart")
    func quickstart() throws {
        let readme = try String(contentsOf: packageRoot.appending(path: "README.md"), encoding: .utf8)
        let example = try String(
            contentsOf: packageRoot.appending(path: "Examples/Quickstart/main.swift"), encoding: .utf8)
        let block = readme.components(separatedBy: "```swift\n")[1].components(separatedBy: "```")[0]
        let region = example.components(separatedBy: "// snippet: quickstart\n")[1]
            .components(separatedBy: "// end of snippet")[0]
        #expect(block == region)
    }

    /// The text with all white space folded, so that a block may be indented differently.
    private static func squeezed(_ text: String) -> String {
        text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
