import Floors
import QueueDispatch
import QueueModel

extension Row {
    /// Rows whose executors do something else than return, beside the same jobs when they just return.
    static let executorRows: [Row] = [
        Row(
            name: "dispatch_permanent_failure_500", jobs: jobs,
            subject: through("dispatch_permanent_failure_500", .failForGood, ending: .failed),
            references: [failingFloor, through("concurrency_scaling/8", .nothing)]),
        Row(name: noop, jobs: jobs, subject: through(noop, .nothing), references: [floor(noop)]),
        Row(
            name: "byte_progress/byte_reporting_500", jobs: jobs,
            subject: through("byte_progress/byte_reporting_500", .reportBytes) { subject in
                let page = try await subject.queue.jobs(JobQuery(limit: jobs))
                let reported = page.jobs.reduce(0) { $0 + ($1.io?.diskWritten ?? 0) }
                try Mismatch.check("bytes reported", expected: Int64(jobs) * Behaviour.reportedBytes, found: reported)
            },
            references: [floor("byte_progress/byte_reporting_500"), through(noop, .nothing)]),
        Row(
            name: "byte_progress/progress_500", jobs: jobs,
            subject: through("byte_progress/progress_500", .reportProgress),
            references: [floor("byte_progress/progress_500"), through(noop, .nothing)]),
        snapshot,
    ]

    /// What runs and how far each is, a hundred times while a hundred jobs run that have said so; the store isn't
    /// asked, so there is no floor.
    private static let snapshot = Row(
        name: "byte_progress_snapshot_100_tasks", jobs: 100,
        subject: Workload(name: "byte_progress_snapshot_100_tasks") { place in
            let (jobs, gate) = (100, Gate())
            let subject = try await Subject(
                place, Subject.Setting(concurrency: jobs, behaviour: .reportProgressAndWait(gate)))
            let run = Run(subject.queue, events: Run.subscribe(subject.queue, room: jobs))
            try await subject.fill(jobs)
            await gate.arrivals(jobs)
            var seen: [JobQueue.RunningJob] = []
            return Iteration(
                run: { for _ in 0..<100 { seen = await subject.queue.inspector.running() } },
                finish: {
                    let complete = seen.count { $0.progress?.fraction == 1 }
                    try Mismatch.check("running jobs that have told all", expected: jobs, found: complete)
                    gate.open()
                    try await run.events(jobs)
                    try await run.stop()
                    try await subject.finish(expecting: [.completed: jobs], executions: jobs)
                    return [:]
                })
        })

    /// The time of an executor does not count for the store.
    private static func floor(_ name: String) -> Workload {
        .floor(name, [FLOOR_FINISHED], expecting: StoredCounts(completed: jobs, executions: jobs)) { store in
            try store { floor_submit($0, Int32(jobs), 1, 1, 0) }
            try store { floor_work($0, 8, 1) }
        }
    }

    private static let failingFloor = Workload.floor(
        "dispatch_permanent_failure_500", [FLOOR_FINISHED, FLOOR_ATTEMPTS],
        expecting: StoredCounts(deadLettered: jobs, executions: jobs)
    ) { store in
        try store { floor_submit($0, Int32(jobs), 1, 1, 0) }
        try store { floor_work_failing($0, 8, 0) }
    }

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
