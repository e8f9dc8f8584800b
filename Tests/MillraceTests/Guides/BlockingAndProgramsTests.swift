import Foundation
import Millrace
import QueueProcess
import Testing

/// The code of Documentation/BlockingAndPrograms.md, run.
@Suite("Guide: blocking code and programs")
struct BlockingAndProgramsTests {
    struct Document: Job {
        static let type: JobType = "document"
        static let options = JobOptions(retry: RetryPolicy.none)
        var path: String
    }

    struct CountLines: BlockingExecutor {
        func perform(_ job: Document, in context: JobContext) throws -> Int {
            let file = try FileHandle(forReadingFrom: URL(filePath: job.path))
            var lines = 0
            while let part = try file.read(upToCount: 1 << 16), !part.isEmpty {
                try context.checkCancellation()
                lines += part.count { $0 == UInt8(ascii: "\n") }
            }
            return lines
        }
    }

    struct Archive: JobExecutor {
        let taskExecutor: (any TaskExecutor)?

        func execute(_ job: Document, in context: JobContext) async throws {
            let text = try String(contentsOfFile: job.path, encoding: .utf8)  // blocks
            try await context.save(checkpoint: text.count)  // awaits
        }
    }

    /// A file with two lines.
    private func document(in directory: TemporaryDirectory, _ text: String = "b\na\n") throws -> Document {
        let path = directory.file("document")
        try Data(text.utf8).write(to: URL(filePath: path))
        return Document(path: path)
    }

    @Test("E7 blocking code runs on threads of its own, or on those that are named")
    func blocking() async throws {
        let disk = try BlockingThreads(limit: 2)
        let queue = try await JobQueue {
            Domain("archive") { Archive(taskExecutor: disk) }
            CountLines()
        }
        let directory = try TemporaryDirectory()
        let document = try document(in: directory)
        let counted = try await queue.submit(document, SubmitOptions(domain: "")).id
        let archived = try await queue.submit(document, SubmitOptions(domain: "archive")).id
        try await queue.runUntilIdle()
        #expect(try await queue.job(counted)?.output == Array("2".utf8))
        #expect(try await queue.job(archived)?.state == .completed)
        await queue.close()
    }

    struct SortLines: ProcessExecutor {
        func program(for job: Document, in context: JobContext) -> ExternalProgram {
            var program = ExternalProgram("sort", ["-u", "--", job.path])
            program.environment = .minimal.setting(["LC_ALL": "C"])
            program.gracePeriod = .seconds(5)
            return program
        }

        func output(of result: ProgramResult, for job: Document, in context: JobContext) throws -> [String] {
            if result.output.isCut { throw JobError.permanent("more than 64 KiB of lines") }
            return result.output.text.split(separator: "\n").map(String.init)
        }
    }

    struct Compress: JobExecutor {
        func execute(_ job: Document, in context: JobContext) async throws {
            var program = ExternalProgram("gzip", ["-c", "--", job.path])
            program.output = .file(job.path + ".gz.part")
            try await program.run(clock: context.clock).requireSuccess()
            try FileManager.default.moveItem(atPath: job.path + ".gz.part", toPath: job.path + ".gz")
        }
    }

    private func end(of document: Document, by executor: some JobExecutor<Document>) async throws -> JobRecord? {
        let queue = try await JobQueue { executor }
        let id = try await queue.submit(document).id
        try await queue.runUntilIdle()
        let job = try await queue.job(id)
        await queue.close()
        return job
    }

    @Test("E7 a program does a job, whose output is what is kept of it")
    func sorting() async throws {
        let directory = try TemporaryDirectory()
        let sorted = try await end(of: document(in: directory), by: SortLines())
        #expect(sorted?.output == Array(#"["a","b"]"#.utf8))
        let missing = try await end(of: Document(path: directory.file("none")), by: SortLines())
        #expect(missing?.state == .deadLettered)
        #expect(missing?.failure?.message.hasPrefix("the program ended with code 2: sort: ") == true)
        let long = String(repeating: "a", count: 70_000)
        let cut = try await end(of: document(in: directory, long), by: SortLines())
        #expect(cut?.failure?.message == "more than 64 KiB of lines")
    }

    @Test("E7 any executor may run a program as one of its steps")
    func compressing() async throws {
        let directory = try TemporaryDirectory()
        let document = try document(in: directory)
        #expect(try await end(of: document, by: Compress())?.state == .completed)
        let unpacked = try await ExternalProgram("gzip", ["-cd", "--", document.path + ".gz"]).run()
        #expect(unpacked.output.text == "b\na\n")
        #expect(try await end(of: Document(path: directory.file("none")), by: Compress())?.state == .deadLettered)
    }

    struct Search: Job {
        static let type: JobType = "search"
        var text: String
        var path: String
    }

    struct Find: ProcessExecutor {
        func program(for job: Search, in context: JobContext) -> ExternalProgram {
            ExternalProgram("grep", ["-c", "-F", "--", job.text, job.path])
        }

        func disposition(of exit: ProgramExit) -> JobError.Disposition? {
            switch exit {
            case .code(0), .code(1): nil  // found, or not found: both are answers
            case .code(2): .permanent
            default: exit.usualDisposition
            }
        }

        func output(of result: ProgramResult, for job: Search, in context: JobContext) -> Int {
            Int(result.output.text.dropLast()) ?? 0
        }
    }

    @Test("E7 an executor says what its program's codes mean")
    func searching() async throws {
        let directory = try TemporaryDirectory()
        let path = try document(in: directory).path
        let queue = try await JobQueue { Find() }
        let jobs = [
            Search(text: "a", path: path), Search(text: "$(touch x)", path: path),
            Search(text: "a", path: "/no/such/file"),
        ]
        let ids = try await queue.submit(contentsOf: jobs).map(\.id)
        try await queue.runUntilIdle()
        #expect(try await queue.job(ids[0])?.output == Array("1".utf8))
        #expect(try await queue.job(ids[1])?.output == Array("0".utf8))
        #expect(try await queue.job(ids[2])?.state == .failed)
        await queue.close()
    }
}
