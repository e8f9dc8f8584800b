import QueueModel
import Synchronization

/// The times at which each of the jobs 1…n was submitted and its executor called.
final class StartLog: Sendable {
    private struct Times {
        var submitted: [ContinuousClock.Instant?]
        var started: [ContinuousClock.Instant?]
    }

    private let times: Mutex<Times>

    init(jobs: Int) {
        let none = [ContinuousClock.Instant?](repeating: nil, count: jobs)
        times = Mutex(Times(submitted: none, started: none))
    }

    /// Notes that the job that gets this number is about to be submitted.
    func noteSubmission(ofNumber number: Int, at instant: ContinuousClock.Instant) {
        times.withLock { $0.submitted[number - 1] = instant }
    }

    func noteStart(of id: JobID) {
        let now = ContinuousClock.now
        times.withLock { $0.started[Int(id.rawValue) - 1] = now }
    }

    /// The times from submission to start, in microseconds, of jobs for which both are known.
    var microsecondsToStart: [Double] {
        times.withLock { times in
            zip(times.submitted, times.started).compactMap { submitted, started in
                guard let submitted, let started else { return nil }
                return (started - submitted) / .microseconds(1)
            }
        }
    }
}
