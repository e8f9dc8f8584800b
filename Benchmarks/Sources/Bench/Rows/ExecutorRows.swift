import QueueDispatch
import QueueModel

extension Row {
    /// Rows whose executors do something else than return, beside the same jobs when they just return.
    static let executorRows: [Row] = [
        Row(
            name: "dispatch_permanent_failure_500", jobs: jobs,
            subject: through("dispatch_permanent_failure_500", .failForGood, ending: .failed),
            references: [through("concurrency_scaling/8", .nothing)]),
        Row(name: noop, jobs: jobs, subject: through(noop, .nothing)),
        Row(
            name: "byte_progress/byte_reporting_500", jobs: jobs,
            subject: through("byte_progress/byte_reporting_500", .reportBytes) { subject in
                let page = try await subject.queue.jobs(JobQuery(limit: jobs))
                let reported = page.jobs.reduce(0) { $0 + ($1.io?.diskWritten ?? 0) }
                try Mismatch.check("bytes reported", expected: Int64(jobs) * Behaviour.reportedBytes, found: reported)
            },
            references: [through(noop, .nothing)]),
        Row(
            name: "byte_progress/progress_500", jobs: jobs,
            subject: through("byte_progress/progress_500", .reportProgress),
            references: [through(noop, .nothing)]),
    ]

    private static let jobs = 500
    private static let noop = "byte_progress/noop_500"

    private static func through(
        _ name: String, _ behaviour: Behaviour, ending state: JobState = .completed,
        checking check: @escaping @Sendable (Subject) async throws -> Void = { _ in }
    ) -> Workload {
        .through(name, jobs: jobs, Subject.Setting(behaviour: behaviour), ending: state, checking: check) {
            try await $0.submit(jobs)
        }
    }
}
