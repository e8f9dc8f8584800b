import Foundation
import Millrace
import Testing

/// The code of Documentation/GettingStarted.md, run.
@Suite("Guide: getting started")
struct GettingStartedTests {
    struct CountWords: Job {
        static let type: JobType = "count-words"
        var text: String
    }

    struct WordCounter: JobExecutor {
        func execute(_ job: CountWords, in context: JobContext) async throws -> Int {
            job.text.split(whereSeparator: \.isWhitespace).count
        }
    }

    @Test("A queue on a file keeps its jobs and their outputs")
    func file() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("jobs.db")
        do {
            let queue = try await JobQueue(path: path, concurrency: 8) {
                Domain("text") { WordCounter() }
            }
            let outcome = try await queue.submit(CountWords(text: "so far so good"))
            try await queue.runUntilIdle()

            let job = try await queue.job(outcome.id)
            let words = try JSONCoder().decode(Int.self, from: job?.output ?? [])
            #expect(job?.state == .completed)
            #expect(job?.type == "text.count-words")
            #expect(words == 4)
            await queue.close()
        }
        let queue = try await JobQueue(path: path) { Domain("text") { WordCounter() } }
        #expect(try await queue.counts()[.completed] == 1)
        await queue.close()
    }

    @Test("Executors can be tested on a queue in memory")
    func memory() async throws {
        let queue = try await JobQueue { WordCounter() }
        let outcome = try await queue.submit(CountWords(text: "one two"))
        try await queue.runUntilIdle()
        #expect(try await queue.job(outcome.id)?.state == .completed)
        await queue.close()
    }

    @Test("A program waits for a signal; a task can end the run as well")
    func program() async throws {
        let queue = try await JobQueue { WordCounter() }
        let started = queue.events(.queue)
        async let run: Void = {
            try await queue.runUntilSignal()
            await queue.close()
        }()
        for await event in started where event.kind == .queueStarted { break }
        queue.shutdown()
        try await run
        await #expect(throws: QueueError.self) { _ = try await queue.counts() }
    }
}
