import QueueDispatch
import QueueModel

extension Row {
    /// How long a submission takes, and how long a job then waits for its start, at a steady half of the full rate.
    static let latency = Row(
        name: "latency", store: .fileNormal, jobs: 1, rounds: 1,
        subject: Workload(name: "latency") { place in
            let rate = try await fullRate(place) / 2
            let jobs = Int(rate * seconds)
            let log = StartLog(jobs: jobs)
            let subject = try await Subject(place, Subject.Setting(behaviour: .noteStart(log)))
            let run = Run(subject.queue, events: Run.subscribe(subject.queue, room: jobs))
            var submissions: [Double] = []
            submissions.reserveCapacity(jobs)
            return Iteration(
                run: {
                    let start = ContinuousClock.now
                    for number in 1...jobs {
                        let due = start + .seconds(Double(number) / rate)
                        // Those that have become due during a sleep follow each other at once.
                        if due > .now { try await Task.sleep(until: due, tolerance: .zero) }
                        let call = ContinuousClock.now
                        log.noteSubmission(ofNumber: number, at: call)
                        try await subject.queue.submit(Blank())
                        submissions.append((.now - call) / .microseconds(1))
                    }
                    try await run.events(jobs)
                },
                finish: {
                    try await run.stop()
                    // Retention has deleted the oldest.
                    try Mismatch.check("completed jobs", expected: jobs, found: subject.queue.figures.completed)
                    let starts = log.microsecondsToStart
                    try Mismatch.check("starts", expected: jobs, found: starts.count)
                    await subject.queue.close()
                    return percentiles("submit", submissions).merging(percentiles("start", starts)) { $1 }
                        .merging(["jobs a second": rate]) { $1 }
                })
        })

    private static let seconds = 30.0

    /// How many jobs a second are submitted one by one and executed at the same time.
    private static func fullRate(_ place: Place) async throws -> Double {
        let jobs = 10_000
        let calibration = Place(store: place.store, directory: place.directory, name: "calibration.db")
        let subject = try await Subject(calibration)
        let run = Run(subject.queue, events: Run.subscribe(subject.queue, room: jobs))
        let start = ContinuousClock.now
        try await subject.submit(jobs)
        try await run.events(jobs)
        let time = ContinuousClock.now - start
        try await run.stop()
        await subject.queue.close()
        return Double(jobs) / (time / .seconds(1))
    }

    private static func percentiles(_ name: String, _ values: [Double]) -> [String: Double] {
        let sorted = values.sorted()
        func at(_ share: Double) -> Double { sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))] }
        return [
            "\(name) p50 µs": at(0.5), "\(name) p99 µs": at(0.99), "\(name) p99.9 µs": at(0.999),
            "\(name) max µs": at(1),
        ]
    }
}
