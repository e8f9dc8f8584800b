import Millrace
import QueueDispatch
import QueueModel
import QueueStoreKit
import Synchronization

/// A queue that works for a while on a store that holds anything.
struct QueueRun {
    private struct Anything: Job {
        static let type: JobType = "work"
        static let version = 1
        var text: String

        init(from decoder: any Decoder) throws { text = try decoder.singleValueContainer().decode(String.self) }
        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }
    }

    private struct Child: Job {
        static let type: JobType = "child"
    }

    private struct AnythingWorker: JobExecutor {
        let runs: Atomic<Int>.Box

        func execute(_ job: Anything, in context: JobContext) async throws -> String {
            runs.add()
            _ = (context.timeLeft, context.attempt, context.now)
            context.report(progress: 0.5)
            if context.attempt % 2 == 0 { throw JobError.retryable("again") }
            return job.text
        }
    }

    private struct ChildWorker: JobExecutor {
        let runs: Atomic<Int>.Box

        func execute(_ job: Child, in context: JobContext) async throws { runs.add() }
    }

    /// Runs a queue until nothing can be claimed, or enough was; returns what must not be so.
    static func run(on store: any JobStore) async -> [String] {
        let runs = Atomic<Int>.Box()
        var configuration = QueueConfiguration(coder: JSONCoder(), concurrency: 4)
        configuration.log = Silence()
        configuration.seed = 1
        configuration.aging = AgingPolicy()
        configuration.retention = RetentionPolicy(maximumCount: 5)
        configuration.completions.retryDelay = QueueConfiguration.RetryDelay(
            initial: .milliseconds(1), maximum: .milliseconds(2))
        configuration.storeRetryDelay = configuration.completions.retryDelay
        configuration.shutdownTimeLimit = .milliseconds(100)
        do {
            let queue = try JobQueue(store: store, configuration: configuration) {
                AnythingWorker(runs: runs)
                Domain("m") { ChildWorker(runs: runs) }
            }
            var findings: [String] = []
            if let audit = try? await queue.inspector.audit(), audit.description.contains(Samples.secret) {
                findings.append("an audit tells a payload")
            }
            let run = Task { try await queue.run() }
            // It is stopped by what it does, not by a time: a machine may be slow.
            for _ in 0..<3000 where runs.value < 30 {
                guard (try? await queue.inspector.peek()) != nil else { break }
                await Task.yield()
            }
            queue.shutdown(within: .zero)
            // A run that has not begun has nothing to shut down, but sees that it was canceled.
            run.cancel()
            do {
                try await run.value
            } catch let error as QueueError {
                if error.description.contains(Samples.secret) { findings.append("run() tells a payload") }
            }
            return findings
        } catch {
            return error is QueueError ? [] : ["run() throws \(error)"]
        }
    }

    private struct Silence: LogSink {
        func log(_ level: LogLevel, _ message: @autoclosure () -> String) { _ = message() }
    }
}

extension Atomic<Int> {
    /// A counter that several can hold.
    final class Box: Sendable {
        private let count = Atomic<Int>(0)
        var value: Int { count.load(ordering: .relaxed) }
        func add() { count.add(1, ordering: .relaxed) }
    }
}
