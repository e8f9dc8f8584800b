import Foundation
import Millrace

/// Has a file counted by the pipeline that works on the database, in another process, before all that it does.
///
/// The job is as urgent as jobs get: with no slot free, the pipeline sets another aside for it, and goes on with that
/// one afterwards.
struct UrgentCount {
    let file: String
    let options: Options

    func run() async throws -> Int32 {
        // Submits only: the domain is the one under which others run its jobs.
        let queue = try await JobQueue(path: options.database) {
            Domain("text") { ExecutorRegistration.submitting(CountFiles.self) }
        }
        let bytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? NSNumber
        let id = try await queue.submit(
            CountFiles(paths: [file], bytes: bytes?.int64Value ?? 0),
            SubmitOptions(priority: .realtime, tags: [Tag("kind", "urgent")])
        ).id
        var hasWarned = false
        let start = ContinuousClock.now
        while true {
            guard let job = try await queue.job(id) else { return 1 }
            if job.state.isTerminal {
                await queue.close()
                return tell(job)
            }
            if !hasWarned, job.attempt == 0, start.duration(to: .now) > .seconds(2) {
                hasWarned = true
                print("\(id) waits for a pipeline that works on \(options.database)")
            }
            // Events are delivered in the process that runs the job, so the record is read here.
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    private func tell(_ job: JobRecord) -> Int32 {
        guard job.state == .completed, let output = job.output,
            let tally = try? JSONCoder().decode(Tally.self, from: output), tally.unreadable.isEmpty
        else {
            print("\(file) can't be counted: \(job.failure?.message ?? "it can't be read")")
            return 1
        }
        let waited = job.startedAt.map { $0.since(job.submittedAt) } ?? .zero
        print("\(tally.total.lines) \(tally.total.words) \(tally.total.bytes) \(file)")
        print("\(job.id) waited \(waited)")
        return 0
    }
}
