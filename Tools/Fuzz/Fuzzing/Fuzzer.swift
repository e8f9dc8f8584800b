public import QueueModel
import QueueStorage
import QueueStoreKit
import QueueTesting

/// Tries cases, one after another, in a directory of its own.
///
/// A case that crashes or hangs takes the process with it: whoever tries many does so in a process that may go, as
/// `fuzz` does.
public struct Fuzzer: Sendable {
    private let samples: Samples
    private let directory: String

    /// Creates the samples.
    public init(fixture: String, in directory: String) async throws(QueueError) {
        samples = try await Samples(fixture: fixture, in: directory)
        self.directory = directory
    }

    /// The outcome of a case.
    public struct Outcome: Sendable {
        /// The findings, one sentence each.
        public var findings: [String] = []
        /// Why the file was not opened; `nil` if it was, or there was none.
        public var refusal: QueueError?
    }

    /// Tries a case.
    public func attempt(_ fuzzCase: FuzzCase) async -> Outcome {
        let seed = fuzzCase.description.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
        let path = "\(directory)/fuzz.db"
        Disk.removeQueue(path)
        defer { Disk.removeQueue(path) }
        switch fuzzCase.content {
        case .text(let kind, let bytes): return Outcome(findings: await kind.attempt(bytes))
        case .calls(let seed): return Outcome(findings: await calls(seed))
        case .file(let sample, let changes):
            guard var (file, log) = samples.files[sample] else {
                return Outcome(findings: ["there is no sample \(sample)"])
            }
            for change in changes { change.apply(to: &file, log: &log) }
            Disk.write(file, to: path)
            if !log.isEmpty { Disk.write(log, to: "\(path)-wal") }
        case .rows(let statements):
            guard let sample = samples.files[.made] else { return Outcome(findings: ["there is no sample"]) }
            Disk.write(sample.file, to: path)
            RawDatabase.change(path, statements)
        }
        return await exercise(path, seed, runsQueue: fuzzCase.runsQueue)
    }

    /// Opens a file and does everything with it.
    private func exercise(_ path: String, _ seed: UInt64, runsQueue: Bool) async -> Outcome {
        let before = (Disk.read(path), Disk.read("\(path)-wal"))
        let store: SQLiteJobStore
        do throws(QueueError) {
            store = try await SQLiteJobStore(at: .file(path), options: SQLiteStoreOptions(busyTimeout: .zero))
        } catch {
            var findings: [String] = []
            // A database of a single page has no table: it is empty, and to be made a queue's.
            let isEmpty = before.0.map { $0.count <= 4096 } ?? true
            if !isEmpty, Disk.read(path) != before.0 { findings.append("a refused file is changed: \(error)") }
            if !isEmpty, Disk.read("\(path)-wal") ?? [] != before.1 ?? [] {
                findings.append("a refused file's log is changed: \(error)")
            }
            if error.code == .sqlite { findings.append("opening has no clear error: \(error)") }
            if error.description.contains(Samples.secret) { findings.append("opening tells a payload: \(error)") }
            return Outcome(findings: findings, refusal: error)
        }
        var instants = [Timestamp.sample, .sample.advanced(by: .seconds(20)), .sample.advanced(by: .seconds(90_000))]
        if seed % 4 == 0 { instants += [.distantPast, .distantFuture] }
        var exercise = Exercise(store, at: instants, seed: seed)
        let wasSound = await exercise.call("check") { () throws(QueueError) in try await store.check() }
        await exercise.look()
        await exercise.work(steps: 40)
        await exercise.look()
        var findings = exercise.findings
        if runsQueue { findings += await QueueRun.run(on: store) }
        let copy = "\(path)-copy"
        await exercise.call("backup") { () throws(QueueError) in try await store.backup(to: copy) }
        Disk.removeQueue(copy)
        // What a check has found no fault in, it finds none in afterwards.
        if wasSound == [] {
            let wrong = await exercise.call("check") { () throws(QueueError) in try await store.check() }
            if let wrong { findings += wrong.prefix(3).map { "a sound file became: \($0)" } }
        }
        await store.close()
        return Outcome(findings: findings)
    }

    /// Calls stores with arguments from the ends of their ranges.
    private func calls(_ seed: UInt64) async -> [String] {
        var generator = SplitMix64(seed: seed)
        var instants = [Timestamp.sample, .distantPast, .distantFuture]
        for _ in 0..<4 { instants.append(Timestamp(milliseconds: generator.hostileInteger())) }
        var findings: [String] = []
        var reference = Exercise(MemoryJobStore(), at: instants, seed: seed)
        await reference.work(steps: 60)
        await reference.look()
        findings += reference.findings
        do throws(QueueError) {
            let store = try await SQLiteJobStore(at: .memory)
            var exercise = Exercise(store, at: instants, seed: seed)
            await exercise.work(steps: 60)
            await exercise.look()
            findings += exercise.findings
            findings += try await store.check().map { "after calls: \($0)" }
            await store.close()
        } catch {
            findings.append("calls: \(error)")
        }
        return findings
    }
}
