import Floors
import QueueDispatch
import QueueModel

extension Row {
    /// The cost of subscribers to all events.
    static let eventRows: [Row] = [0, 1, 10].map { subscribers in
        let name = "events/\(subscribers)"
        return Row(
            name: name, jobs: jobs, subject: dispatch(subscribers),
            references: [floor(name)] + (subscribers > 0 ? [dispatch(0)] : []))
    }

    private static let jobs = 1000

    /// Events are no work of the store's, so the floor is the same for all.
    private static func floor(_ name: String) -> Workload {
        .floor(name, [FLOOR_FINISHED], expecting: StoredCounts(completed: jobs, executions: jobs)) { store in
            try store { floor_submit($0, Int32(jobs), 1, 1, 0) }
            try store { floor_work($0, 8, 1) }
        }
    }

    /// As dispatch_and_complete_1000, but the end is that of a run until idle, and of all subscribers' having received
    /// all, since without any there is nobody who could be told.
    private static func dispatch(_ subscribers: Int) -> Workload {
        Workload(name: "events/\(subscribers)") { place in
            let subject = try await Subject(place)
            // Submission, start and end of each job, and start and end of the queue.
            let expected = jobs * 3 + 2
            let streams = (0..<subscribers).map { _ in Run.subscribe(subject.queue, .all, room: expected) }
            return Iteration(
                run: {
                    try await withThrowingTaskGroup { group in
                        for stream in streams {
                            group.addTask {
                                var received = 0
                                for await _ in stream {
                                    received += 1
                                    if received == expected { return }
                                }
                                throw Mismatch("events", expected: expected, found: received)
                            }
                        }
                        try await subject.submit(jobs)
                        try await subject.queue.runUntilIdle()
                        try await group.waitForAll()
                    }
                },
                finish: {
                    try await subject.finish(expecting: [.completed: jobs], executions: jobs)
                    return [:]
                })
        }
    }
}
