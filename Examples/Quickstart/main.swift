import Foundation
import Millrace

// snippet: quickstart
struct CountWords: Job {
    static let type: JobType = "count-words"  // stored: keep it even if you rename the Swift type
    static let options = JobOptions(retry: .exponential(from: .seconds(1), upTo: .seconds(60)), group: "disk")
    var path: String
    var uniqueness: Uniqueness { .key(path) }  // at most one job per file is queued at a time
}

struct WordCounter: JobExecutor {
    func execute(_ job: CountWords, in context: JobContext) async throws -> Int {
        let text = try String(contentsOfFile: job.path, encoding: .utf8)
        return text.split(whereSeparator: \.isWhitespace).count
    }
}

let queue = try await JobQueue(path: "quickstart.db", concurrency: 8) {
    Domain("text") { WordCounter() }.concurrency(4)
}
try await queue.submit(contentsOf: CommandLine.arguments.dropFirst().map { CountWords(path: $0) })
try await queue.runUntilIdle()  // services call `run()`, programs `runUntilSignal()`
// end of snippet

for job in try await queue.jobs(JobQuery(order: .oldestFirst)).jobs {
    let words = job.output.map { String(decoding: $0, as: UTF8.self) } ?? job.failure?.message ?? "?"
    print("\(job.label ?? "\(job.id)") \(job.state): \(words)")
}
await queue.close()
