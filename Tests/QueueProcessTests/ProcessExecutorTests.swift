import Foundation
import Millrace
import QueueProcess
import QueueTesting
import Testing

@Suite("Executors that run programs") struct ProcessExecutorTests {
    struct Script: Job {
        static let type: JobType = "script"
        static let options = JobOptions(retry: .constant(.zero, retries: 1))
        var text: String
        var arguments: [String] = []
    }

    struct Runner: ProcessExecutor {
        func program(for job: Script, in context: JobContext) throws -> ExternalProgram {
            if job.text.isEmpty { throw JobError.permanent("there is nothing to run") }
            return script(job.text, job.arguments)
        }

        func disposition(of exit: ProgramExit) -> JobError.Disposition? {
            // As grep's: nothing was found.
            exit == .code(1) ? nil : exit.usualDisposition
        }

        func output(of result: ProgramResult, for job: Script, in context: JobContext) throws -> String {
            result.output.text
        }
    }

    private func run(_ job: Script) async throws -> (JobRecord?, [JobRecord.Attempt]) {
        let queue = try await JobQueue { Runner() }
        let id = try await queue.submit(job).id
        try await queue.runUntilIdle()
        let end = (try await queue.job(id), try await queue.inspector.attempts(of: id))
        await queue.close()
        return end
    }

    @Test("E7 a program's output is the job's", arguments: [0, 1])
    func success(code: Int) async throws {
        let (job, _) = try await run(Script(text: "printf '%s' \"$1\"; exit \(code)", arguments: ["a b"]))
        #expect(job?.state == .completed)
        #expect(job?.output == Array("\"a b\"".utf8))
    }

    @Test("E7 a code that may pass is retried; the end of its errors is kept")
    func retried() async throws {
        let (job, attempts) = try await run(Script(text: "echo broken >&2; exit 2"))
        #expect(job?.state == .deadLettered)
        #expect(job?.failure?.message == "the program ended with code 2: broken")
        #expect(attempts.count == 2)
    }

    @Test("E7 a program that says that it can't be run is not retried", arguments: [126, 127])
    func permanent(code: Int) async throws {
        let (job, attempts) = try await run(Script(text: "exit \(code)"))
        #expect(job?.state == .failed)
        #expect(attempts.count == 1)
    }

    @Test(
        "E7 what can't be run at all fails at once",
        arguments: [Script(text: ""), Script(text: ":", arguments: ["\0"])])
    func refused(job: Script) async throws {
        let (end, attempts) = try await run(job)
        #expect(end?.state == .failed)
        #expect(attempts.count == 1)
    }

    @Test("E7 cancelling a job stops its program")
    func cancelled() async throws {
        let directory = try TemporaryDirectory()
        let queue = try await JobQueue { Runner() }
        let id = try await queue.submit(
            Script(text: "echo $$ > \"$1\"; exec sleep 1000", arguments: [directory.file("ready")])
        ).id
        async let run: Void = queue.runUntilIdle()
        let pid = try #require(pid_t(await directory.line("ready")[0]))
        try await queue.cancel(id)
        try await run
        #expect(try await queue.job(id)?.state == .cancelled)
        #expect(!isRunning(pid))
        await queue.close()
    }

    @Test("E7 a program that takes too long is stopped, and that may pass")
    func timeout() async throws {
        let directory = try TemporaryDirectory()
        let time = ManualTime()
        let queue = try await JobQueue {
            $0.clock = time.clock
            $0.wallClock = time.wall
        } domains: {
            Runner()
        }
        let id = try await queue.submit(
            Script(text: "echo $$ > \"$1\"; exec sleep 1000", arguments: [directory.file("ready")]),
            SubmitOptions(retry: RetryPolicy.none, timeout: .seconds(30))
        ).id
        async let run: Void = queue.runUntilIdle()
        let pid = try #require(pid_t(await directory.line("ready")[0]))
        time.advance(by: .seconds(31))
        try await run
        let job = try await queue.job(id)
        #expect(job?.failure?.kind == .timedOut)
        #expect(!isRunning(pid))
        await queue.close()
    }
}
