import CrashAudit
import QueueDispatch
import QueueModel
import QueueStorage
import QueueStoreKit

/// A steady, mixed load on one file for hours, and whether what it takes stays the same.
struct Soak {
    let options: SoakOptions
    let path: String
    private let log = SoakLog()

    init(_ options: SoakOptions, path: String) {
        self.options = options
        self.path = path
    }

    /// The result of a run.
    struct Outcome {
        var samples: [SoakSample]
        var jobs: Int
        var faults: [String]
    }

    /// Runs for the given time.
    func run() async throws -> Outcome {
        let store = try await SQLiteJobStore(at: .file(path))
        var configuration = QueueConfiguration(coder: PlainCoder(), concurrency: Worker.concurrency)
        configuration.groups = Load.groups.mapValues { GroupRule(limit: $0) }
        configuration.retention = RetentionPolicy(maximumCount: 2000, keepsDeadLetters: false)
        configuration.expiryInterval = .seconds(1)
        configuration.seed = options.seed
        let queue = try JobQueue(store: store, configuration: configuration) {
            PlanExecutor<WideJob>(log: log)
            Domain(NarrowJob.domain) { PlanExecutor<NarrowJob>(log: log) }.concurrency(Worker.narrow)
        }
        let load = Load(queue, log, number: 1, seed: options.seed, pause: SoakOptions.pause)
        let samples = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await queue.run() }
            group.addTask { await load.run() }
            group.addTask { await Onlookers(queue: queue, log: log, seed: options.seed).run() }
            let samples = try await sample(queue)
            group.cancelAll()
            while let result = await group.nextResult() {
                do { try result.get() } catch is CancellationError {}
            }
            return samples
        }
        let faults = try await store.check()
        await queue.close()
        return Outcome(samples: samples, jobs: log.acknowledged, faults: log.failures + faults)
    }

    private func sample(_ queue: JobQueue) async throws -> [SoakSample] {
        let start = ContinuousClock.now
        let end = start + .seconds(options.seconds)
        // A hundred and twenty of them, but not more than two a second.
        let interval = max(options.seconds / 120, 0.5)
        var samples: [SoakSample] = []
        while ContinuousClock.now < end {
            try await Task.sleep(for: .seconds(interval))
            let times = log.takeTimes()
            let sample = SoakSample(
                seconds: (ContinuousClock.now - start) / .seconds(1), memory: ProcessFigures.memory,
                file: ProcessFigures.size(of: path), log: ProcessFigures.size(of: path + "-wal"),
                descriptors: ProcessFigures.descriptors, threads: ProcessFigures.threads,
                active: Double(try await queue.counts().active), median: times.median, p99: times.p99)
            samples.append(sample)
            if samples.count % 10 == 0 { System.say(sample.text) }
        }
        return samples
    }
}

extension SoakSample {
    /// A line for people.
    var text: String {
        "\(Int(seconds)) s: memory \(mebibytes(memory)) MiB, file \(mebibytes(file)), log \(mebibytes(log)), "
            + "\(Int(descriptors)) descriptors, \(Int(threads)) threads, \(Int(active)) active, "
            + "p50 \(hundredths(median)) ms, p99 \(hundredths(p99)) ms"
    }
}

/// Mebibytes with one place.
func mebibytes(_ bytes: Double) -> String { "\((bytes / 1_048_576 * 10).rounded() / 10)" }

/// A number with two places.
func hundredths(_ value: Double) -> String { "\((value * 100).rounded() / 100)" }
