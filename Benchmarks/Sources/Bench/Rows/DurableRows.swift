import Floors
import QueueModel

extension Row {
    /// What is on the disk when the call returns, beside what the disk itself can do.
    static let durableRows: [Row] = [
        Row(
            name: "durable/64", store: .fileFull, jobs: 64 * 50,
            subject: submitWhileRunning.countingCommits,
            references: [
                .floor(
                    "durable/64", [FLOOR_FINISHED],
                    expecting: StoredCounts(completed: 64 * 50, executions: 64 * 50)
                ) { store in
                    try store { floor_submit($0, 64 * 50, 64, 1, 0) }
                    try store { floor_work($0, 64, 1) }
                }.countingCommits,
                syncs(100),
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

    /// The name of the measurement that says what the disk can do.
    static let diskSyncs = "disk/sync_100"

    /// So many rounds of writing a page at a file's end and synchronising it.
    private static func syncs(_ count: Int) -> Workload {
        Workload(name: diskSyncs, jobs: count) { place in
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

extension Workload {
    /// The same, with how many transactions the timed region committed as a figure.
    fileprivate var countingCommits: Workload {
        Workload(name: name, jobs: jobs) { place in
            try Mismatch.check("SQLite lets commits be counted", expected: 0, found: floor_count_commits(true))
            let iteration = try await prepare(place)
            var commits: Int64 = 0
            return Iteration(
                run: {
                    let before = floor_commits()
                    try await iteration.run()
                    commits = floor_commits() - before
                },
                finish: {
                    _ = floor_count_commits(false)
                    try Mismatch.check("commits were seen", expected: true, found: commits > 0)
                    return try await iteration.finish().merging(["commits": Double(commits)]) { $1 }
                })
        }
    }
}
