import QueueDispatch
import QueueModel
import QueueStoreKit

/// The queue that a row measures.
final class Subject: Sendable {
    let store: any JobStore
    let queue: JobQueue
    /// The number of executor calls.
    let executions: Counter

    /// The settings in which the queues of different rows differ.
    struct Setting: Sendable {
        var concurrency = 8
        var behaviour = Behaviour.nothing
        /// Domains that have an executor of ``Blank`` each, beside the one without a domain.
        var domains: [String] = []
        var configure: @Sendable (inout QueueConfiguration) -> Void = { _ in }
    }

    init(_ place: Place, _ setting: Setting = Setting()) async throws {
        store = try await place.openStore()
        let executions = Counter()
        self.executions = executions
        var configuration = QueueConfiguration(coder: NoCoder(), concurrency: setting.concurrency)
        configuration.pollInterval = .milliseconds(10)
        setting.configure(&configuration)
        let executor = BlankExecutor(behaviour: setting.behaviour, executions: executions)
        queue = try JobQueue(store: store, configuration: configuration) {
            executor
            for domain in setting.domains { Domain(domain) { executor } }
        }
    }

    /// The most jobs that are submitted at once, so that it isn't the batch that a large backlog's memory goes to.
    static let largestBatch = 100_000

    /// Submits so many jobs in one batch, or a few large ones.
    func fill(_ count: Int, keys: Bool = false, _ options: SubmitOptions = SubmitOptions()) async throws {
        for start in stride(from: 0, to: count, by: Self.largestBatch) {
            var batch: [JobSubmission] = []
            batch.reserveCapacity(min(count - start, Self.largestBatch))
            for number in start..<min(count, start + Self.largestBatch) {
                var options = options
                if keys { options.uniqueness = Self.key(number) }
                batch.append(try queue.submission(of: Blank(), options))
            }
            try await queue.submit(batch: batch)
        }
    }

    /// Submits from so many tasks at once, each one job after the other.
    func submitConcurrently(tasks: Int, each count: Int) async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<tasks {
                group.addTask { [queue] in
                    for _ in 0..<count { try await queue.submit(Blank()) }
                }
            }
            try await group.waitForAll()
        }
    }

    /// Submits jobs one after the other.
    func submit(_ count: Int) async throws {
        for _ in 0..<count { try await queue.submit(Blank()) }
    }

    /// Checks how many jobs are in each state, how often executors were called, and closes the store.
    func finish(expecting counts: [JobState: Int], executions expected: Int) async throws {
        try Mismatch.check("jobs by state", expected: StateCounts(counts), found: try await queue.counts())
        try Mismatch.check("executions", expected: expected, found: executions.value)
        await queue.close()
    }

    /// Distinct keys of twelve bytes, as the floors have them.
    static func keys(_ count: Int) -> [Uniqueness] {
        (0..<count).map(key)
    }

    private static func key(_ number: Int) -> Uniqueness {
        let digits = String(number)
        return .key("key-" + String(repeating: "0", count: 8 - digits.count) + digits)
    }
}
