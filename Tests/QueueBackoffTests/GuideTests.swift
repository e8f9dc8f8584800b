import Foundation
import QueueBackoff
import Testing

/// The code of Documentation/Retrying.md, run.
@Suite("Retrying guide")
struct GuideTests {
    struct Server {
        struct Failure: Error {
            var isTransient: Bool
        }

        final class Count { var value = 0 }

        var failures = 0
        let requests = Count()

        func fetch(_ path: String) async throws -> String {
            requests.value += 1
            if requests.value <= failures { throw Failure(isTransient: true) }
            return path
        }
    }

    struct Job {
        var retries = 0
        var age = Duration.zero
        var fate = ""

        mutating func schedule(after delay: Duration) { fate = "after \(delay)" }
        mutating func bury(_ reason: String) { fate = reason }
    }

    struct Schedule: BackoffStrategy {
        var delays: [Duration]

        func delay(
            forRetry retry: Int,
            previous: Duration?,
            using generator: inout some RandomNumberGenerator
        ) -> Duration {
            delays.isEmpty ? .zero : delays[min(max(0, retry), delays.count - 1)]
        }
    }

    let patient: RetryPolicy = .exponential(
        from: .milliseconds(200),
        upTo: .seconds(30),
        jitter: .full,
        retries: 8,
        deadline: .seconds(120)
    )

    /// The guide's calls without its waits.
    private func retrying<Strategy: BackoffStrategy>(
        _ policy: RetryPolicy,
        backoff: Strategy? = Backoff?.none,
        isRetryable: (any Error) -> Bool = { !($0 is CancellationError) },
        onRetry: (RetryPolicy.UpcomingRetry) -> Void = { _ in },
        operation: () async throws -> String
    ) async throws -> String {
        try await QueueBackoff.retrying(
            policy, backoff: backoff, clock: ManualClock(), isRetryable: isRetryable, onRetry: onRetry,
            operation: operation)
    }

    @Test("A call is retried by default")
    func call() async throws {
        let server = Server(failures: 2)
        let page = try await retrying(.default) {
            try await server.fetch("/index")
        }
        #expect(page == "/index")
    }

    @Test("Retries can be chosen and watched")
    func watch() async throws {
        let server = Server(failures: 3)
        var log: [String] = []
        let report = try await retrying(
            patient,
            isRetryable: { ($0 as? Server.Failure)?.isTransient ?? false },
            onRetry: { log.append("retry \($0.number) in \($0.delay): \($0.error)") }
        ) {
            try await server.fetch("/report")
        }
        #expect(report == "/report")
        #expect(log.count == 3)
    }

    @Test("Delays can be drawn without waiting")
    func delays() {
        let steady: Backoff = .linear(from: .seconds(1), by: .seconds(2), upTo: .seconds(60))
        let spread = steady.jittered(.equal)
        var generator = FastRandom(seed: 42)
        let first = spread.delay(forRetry: 0, previous: nil, using: &generator)
        let second = spread.delay(forRetry: 1, previous: first, using: &generator)
        #expect([first, second] == spread.delays(2, seed: 42))
    }

    @Test(
        "A decision is made without waiting",
        arguments: [(0, 0, "after 1.0 seconds"), (1, 0, "no retry left"), (0, 9, "too late for another retry")])
    func decision(_ retries: Int, _ age: Int, _ fate: String) {
        let policy = RetryPolicy.constant(.seconds(1), retries: 1, deadline: .seconds(5))
        var generator = FastRandom(seed: 1)
        var job = Job(retries: retries, age: .seconds(age))
        switch policy.decision(retriesSoFar: job.retries, elapsed: job.age, using: &generator) {
        case .retry(let delay):
            job.schedule(after: delay)
        case .giveUp(.retriesUsedUp):
            job.bury("no retry left")
        case .giveUp(.deadline):
            job.bury("too late for another retry")
        }
        #expect(job.fate == fate)
    }

    @Test("A strategy of one's own gives the delays")
    func custom() async throws {
        let server = Server(failures: 3)
        let schedule = Schedule(delays: [.seconds(1), .seconds(10), .seconds(60)])
        let answer = try await retrying(patient, backoff: schedule) {
            try await server.fetch("/answer")
        }
        #expect(answer == "/answer")
        #expect(schedule.delays(4) == [.seconds(1), .seconds(10), .seconds(60), .seconds(60)])
    }

    @Test("A policy is stored as text")
    func store() {
        let policy = RetryPolicy.default
        let text = policy.description
        let stored = RetryPolicy(text)
        #expect(stored == policy)
        #expect(text == "retry/1 exponential from=1s factor=2 upto=300s jitter=full retries=3 deadline=none")
    }

    @Test("A bad policy is refused")
    func validate() {
        let policy = RetryPolicy.constant(.seconds(-1))
        var log: [String] = []
        do {
            try policy.validate()
        } catch {
            log.append("refused: \(error.code)")
        }
        #expect(log == ["refused: negativeDelay"])
    }
}
