import Floors
import QueueDispatch
import QueueModel

extension Row {
    /// How long a submission takes, and how long a job then waits for its start, at a steady half of the full rate.
    ///
    /// Each is a run of its own, with all that happens meanwhile: checkpoints, retention, the renewal of the lease.
    /// Nothing starts jobs in a floor, so there is none of the wait.
    static let latencies: [Row] = {
        let load = SteadyLoad()
        return [
            latency("latency/submit", references: [steadyFloor("latency/submit", load)], load) { submissions, _ in
                submissions
            },
            latency("latency/start", references: [], SteadyLoad()) { _, log in log.microsecondsToStart },
        ]
    }()

    /// One round, since it is the calls in it that are many; finding the full rate warms up.
    private static func latency(
        _ name: String, references: [Workload], _ load: SteadyLoad,
        times: @escaping @Sendable ([Double], StartLog) -> [Double]
    ) -> Row {
        Row(
            name: name, store: .fileNormal, jobs: 1, rounds: 1, warmsUp: false,
            subject: Workload(name: name) { place in
                try await load.find(place)
                let jobs = load.calls(within: place.steady)
                let log = StartLog(jobs: jobs)
                let subject = try await Subject(place, Subject.Setting(behaviour: .noteStart(log)))
                let run = Run(
                    subject.queue, events: Run.subscribe(subject.queue, room: jobs),
                    within: place.steady * 2 + .seconds(60))
                var submissions: [Double] = []
                return Iteration(
                    run: {
                        submissions = try await load.keepUp(jobs) { number, call in
                            log.noteSubmission(ofNumber: number, at: call)
                            try await subject.queue.submit(Blank())
                        }
                        try await run.events(jobs)
                    },
                    finish: {
                        try await run.stop()
                        // Retention has deleted the oldest.
                        try Mismatch.check("completed jobs", expected: jobs, found: subject.queue.counters.completed)
                        let times = times(submissions, log)
                        try Mismatch.check("times", expected: jobs, found: times.count)
                        // Only checkpoints write there.
                        let written = place.fileBytes.map { Double($0) / 1_048_576 }
                        await subject.queue.close()
                        var figures = LatencyFigures.of(times, rate: load.rate)
                        figures["MiB of checkpoints"] = written
                        return figures
                    })
            }, references: references)
    }

    /// The same number of submissions at the same rate, each a transaction.
    private static func steadyFloor(_ row: String, _ load: SteadyLoad) -> Workload {
        Workload(name: "floor/\(row)") { place in
            let store = try FloorStore(place, features: [FLOOR_FINISHED])
            let jobs = load.calls(within: place.steady)
            var times: [Double] = []
            return Iteration(
                run: { times = try await load.keepUp(jobs) { _, _ in try store { floor_submit($0, 1, 1, 1, 0) } } },
                finish: {
                    try Mismatch.check(
                        "rows in the store", expected: StoredCounts(pending: jobs), found: try store.counts())
                    return LatencyFigures.of(times, rate: load.rate)
                })
        }
    }
}
