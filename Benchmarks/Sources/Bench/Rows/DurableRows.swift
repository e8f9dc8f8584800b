import Floors
import QueueModel

extension Row {
    /// What is on the disk when the call returns, beside what the disk itself can do.
    static let durableRows: [Row] = [
        Row(
            name: "durable/64", store: .fileFull, jobs: 64 * 50,
            subject: submitWhileRunning,
            references: [
                .floor(
                    "durable/64", [FLOOR_FINISHED],
                    expecting: StoredCounts(completed: 64 * 50, executions: 64 * 50)
                ) { store in
                    try store { floor_submit($0, 64 * 50, 64, 1, 0) }
                    try store { floor_work($0, 64, 1) }
                },
                diskSyncs(100),
            ])
    ]

    /// 64 tasks that submit 50 jobs each while 64 executors take them.
    private static let submitWhileRunning = Workload(name: "durable/64") { place in
        let jobs = 64 * 50
        let subject = try await Subject(place, Subject.Setting(concurrency: 64))
        let run = Run(subject.queue, events: Run.subscribe(subject.queue, room: jobs))
        return Iteration(
            run: {
                try await subject.submitConcurrently(tasks: 64, each: 50)
                try await run.events(jobs)
            },
            finish: {
                try await run.stop()
                try await subject.finish(expecting: [.completed: jobs], executions: jobs)
                return [:]
            })
    }

    /// So many rounds of writing a page at a file's end and synchronising it.
    private static func diskSyncs(_ count: Int) -> Workload {
        Workload(name: "disk/sync_\(count)", jobs: count) { place in
            var nanoseconds: Int64 = 0
            return Iteration(
                run: { nanoseconds = floor_sync_ns(place.directory + "/sync", Int32(count)) },
                finish: {
                    try Mismatch.check("the disk takes writes", expected: true, found: nanoseconds > 0)
                    return ["syncs per second": Double(count) * 1e9 / Double(nanoseconds)]
                })
        }
    }
}
