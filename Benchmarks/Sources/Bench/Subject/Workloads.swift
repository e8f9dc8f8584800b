import QueueDispatch
import QueueModel

extension Workload {
    /// Work on a queue that does not run: submissions, queries.
    static func idle(
        _ row: String, filling fill: @escaping @Sendable (Subject) async throws -> Void = { _ in },
        expecting counts: [JobState: Int],
        run: @escaping @Sendable (Subject) async throws -> Void
    ) -> Workload {
        Workload(name: row) { place in
            let subject = try await Subject(place)
            try await fill(subject)
            return Iteration(
                run: { try await run(subject) },
                finish: {
                    try await subject.finish(expecting: counts, executions: 0)
                    return [:]
                })
        }
    }

    /// From the first submission until a subscriber has received the event of the last job's end.
    ///
    /// - Parameters:
    ///   - executions: How often executors are called; once a job if `nil`.
    ///   - state: How the jobs end.
    ///   - stopping: Whether stopping and closing is timed too.
    static func through(
        _ row: String, jobs: Int, _ setting: Subject.Setting = Subject.Setting(), executions: Int? = nil,
        ending state: JobState = .completed, stopping: Bool = false,
        checking check: @escaping @Sendable (Subject) async throws -> Void = { _ in },
        submit: @escaping @Sendable (Subject) async throws -> Void
    ) -> Workload {
        Workload(name: row) { place in
            let subject = try await Subject(place, setting)
            let events = Run.subscribe(subject.queue, room: jobs)
            var run: Run?
            return Iteration(
                run: {
                    try await submit(subject)
                    let started = Run(subject.queue, events: events)
                    run = started
                    try await started.events(jobs)
                    guard stopping else { return }
                    try await started.stop()
                    await subject.queue.close()
                },
                finish: {
                    if stopping {
                        // The store is closed, so the queue's own count has to do.
                        try Mismatch.check("completed jobs", expected: jobs, found: subject.queue.counters.completed)
                        try Mismatch.check("executions", expected: executions ?? jobs, found: subject.executions.value)
                        return [:]
                    }
                    try await run?.stop()
                    try await check(subject)
                    let batch = subject.queue.counters.meanBatchSize
                    try await subject.finish(expecting: [state: jobs], executions: executions ?? jobs)
                    return ["ends a transaction": batch]
                })
        }
    }
}
