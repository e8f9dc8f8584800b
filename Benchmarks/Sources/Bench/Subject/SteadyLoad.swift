import QueueDispatch
import Synchronization

/// Calls at a steady rate: half of what the queue was found to be capable of.
final class SteadyLoad: Sendable {
    private let found = Mutex(1.0)

    /// Calls a second.
    var rate: Double { found.withLock { $0 } }

    func calls(within time: Duration) -> Int { max(1, Int(rate * (time / .seconds(1)))) }

    /// Measures how many jobs a second are submitted one by one and executed at the same time, on a file of its own in
    /// the place.
    func find(_ place: Place) async throws {
        let jobs = 10_000
        var calibration = place
        calibration.name = "calibration.db"
        let subject = try await Subject(calibration)
        let run = Run(subject.queue, events: Run.subscribe(subject.queue, room: jobs))
        let start = ContinuousClock.now
        try await subject.submit(jobs)
        try await run.events(jobs)
        let time = ContinuousClock.now - start
        try await run.stop()
        await subject.queue.close()
        found.withLock { $0 = Double(jobs) / (time / .seconds(1)) / 2 }
    }

    /// Makes so many calls, each when it is due or as soon as the one before has returned, and returns how long each
    /// took, in microseconds.
    func keepUp(
        _ calls: Int, _ call: (_ number: Int, _ instant: ContinuousClock.Instant) async throws -> Void
    ) async throws -> [Double] {
        var times: [Double] = []
        times.reserveCapacity(calls)
        let (rate, start) = (rate, ContinuousClock.now)
        for number in 1...calls {
            let due = start + .seconds(Double(number) / rate)
            // Those that have become due during a sleep follow each other at once.
            if due > .now { try await Task.sleep(until: due, tolerance: .zero) }
            let instant = ContinuousClock.now
            try await call(number, instant)
            times.append((.now - instant) / .microseconds(1))
        }
        return times
    }
}

/// What a row of latencies measures: how long the half, most, and nearly all of its calls took at the most.
enum LatencyFigures {
    private static let shares = [("p50 µs", 0.5), ("p99 µs", 0.99), ("p99.9 µs", 0.999), ("max µs", 1.0)]

    /// The figures' names, the shortest time first.
    static let names = shares.map(\.0)

    /// The figures of times in microseconds, of which there is at least one.
    static func of(_ microseconds: [Double], rate: Double) -> [String: Double] {
        let sorted = microseconds.sorted()
        var figures = ["jobs a second": rate]
        for (name, share) in shares where !sorted.isEmpty {
            figures[name] = sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
        }
        return figures
    }
}
