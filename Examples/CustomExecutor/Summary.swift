import Millrace

/// What became of all lines.
struct Summary: CustomStringConvertible {
    struct Failure {
        var number: Int
        var attempts: Int
        var message: String
    }

    private(set) var succeeded = 0
    /// Lines that have not ended.
    private(set) var left = 0
    /// Lines that ended otherwise, in their order.
    private(set) var failures: [Failure] = []

    init(of queue: JobQueue) async throws {
        let counts = try await queue.counts()
        succeeded = counts[.completed]
        left = counts.active
        var query = JobQuery(
            states: JobState.terminal.filter { $0 != .completed }, types: [RunLine.type], order: .oldestFirst,
            limit: 1000)
        repeat {
            let page = try await queue.jobs(query)
            for job in page.jobs {
                let line = try JSONCoder().decode(RunLine.self, from: job.payload)
                failures.append(
                    Failure(number: line.number, attempts: job.attempt, message: job.failure?.message ?? "\(job.state)")
                )
            }
            query.after = page.next
        } while query.after != nil
    }

    var description: String {
        let lines = failures.map { failure in
            "line \(failure.number) failed, \(failure.attempts == 1 ? "1 attempt" : "\(failure.attempts) attempts"): \(failure.message)"
        }
        let total = "\(succeeded) succeeded, \(failures.count) failed, \(left) left"
        return (lines + [total]).joined(separator: "\n")
    }
}
