import QueueCompletion
import Synchronization

enum Failure: Error, Equatable {
    case busy
    case poison([Int])
    case permanent
}

/// A committer of numbers that keeps what it is given, notes two commits at once, and does what a script says.
///
/// The outcome of a number is its text.
final class Recorder: BatchCommitter {
    struct Log {
        /// Every batch that was tried.
        var attempts: [[Int]] = []
        /// Every batch that was committed.
        var commits: [[Int]] = []
        var running = 0
        var overlaps = 0
        /// What the channel told about its items, in order.
        var settled: [Int] = []
        var rejected: [Int] = []
        /// Items that were told to be settled when they were not committed.
        var toldTooEarly: [Int] = []
    }

    private let log = Mutex(Log())
    private let script: @Sendable (_ batch: [Int], _ attempt: Int) async throws -> Void

    /// - Parameter script: Runs inside each commit, with the number of the attempt from 1; throws to fail it.
    init(script: @escaping @Sendable (_ batch: [Int], _ attempt: Int) async throws -> Void = { _, _ in }) {
        self.script = script
    }

    func commit(_ batch: [Int]) async throws -> [String] {
        let attempt = log.withLock { log in
            log.attempts.append(batch)
            log.running += 1
            if log.running > 1 { log.overlaps += 1 }
            return log.attempts.count
        }
        defer { log.withLock { $0.running -= 1 } }
        try await script(batch, attempt)
        log.withLock { $0.commits.append(batch) }
        return batch.map(String.init)
    }

    func isTransient(_ error: any Error) -> Bool { error as? Failure == .busy }

    /// What the channel is to call.
    func told(_ settlement: Settlement<Int, String>) {
        log.withLock { log in
            switch settlement {
            case .committed(let items, let outcomes):
                log.settled += items
                if log.commits.last != items || outcomes != items.map(String.init) { log.toldTooEarly += items }
            case .rejected(let item, _):
                log.rejected.append(item)
            }
        }
    }

    var attempts: [[Int]] { log.withLock(\.attempts) }
    var commits: [[Int]] { log.withLock(\.commits) }
    var overlaps: Int { log.withLock(\.overlaps) }
    var settled: [Int] { log.withLock(\.settled) }
    var rejected: [Int] { log.withLock(\.rejected) }
    var toldTooEarly: [Int] { log.withLock(\.toldTooEarly) }

    /// A channel that commits here and tells here.
    func channel(
        _ options: CompletionChannelOptions = CompletionChannelOptions(),
        clock: any Clock<Duration> = ContinuousClock(),
        readinessChanged: @escaping @Sendable () -> Void = {}
    ) throws -> CompletionChannel<Int, String> {
        try CompletionChannel(
            committer: self, options: options, clock: clock, settled: { self.told($0) },
            readinessChanged: readinessChanged)
    }
}
