import CrashAudit
import QueueBackoff
import QueueModel
import QueueStorage
import QueueStoreKit

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The changes of one file.
struct FileLife {
    let path: String
    let loop: KillLoop
    var tally = Tally()
    private var ledger = Ledger()
    private var workers = 0
    /// The time a worker may take to reach a kill point, in nanoseconds; after that it is killed where it is.
    private static let patience: Int64 = 150_000_000

    init(path: String, loop: KillLoop) {
        self.path = path
        self.loop = loop
        tally.files = 1
    }

    /// Kills so many workers, and then lets one work off what is left.
    mutating func run(kills: Int, _ generator: inout FastRandom) async throws {
        for _ in 0..<kills {
            try kill(&generator)
            tally.kills += 1
            try await audit()
            if !ledger.findings.isEmpty { break }
        }
        try await finish()
    }

    /// Has a job kill one worker after the other until it is found out, and then lets one work off what is left.
    mutating func runPoisoned(_ generator: inout FastRandom) async throws {
        var isPoisoned = true
        // One that is never found out would go on for ever; that it has not been is seen at the end.
        while ledger.findings.isEmpty, workers < 4 * KillLoop.limits.crashes {
            var options = nextOptions()
            options.seed = generator.next()
            options.maximumCrashes = KillLoop.soloCrashes
            options.isPoisoned = isPoisoned
            isPoisoned = false
            let worker = try start(options)
            let culprit = ledger.job(started: "1.\(JobPlan.poisoned)")
            let deadline = System.now() + Self.patience * 60
            var isFound: Bool { culprit.map { worker.hasTold(ofEnd: $0) } ?? false }
            while !worker.read(until: System.now() + 2_000_000), !isFound, System.now() < deadline {}
            if !worker.hasEnded {
                if !isFound { ledger.find(.wrong, "L4: a job that kills its worker neither ran nor was found out") }
                // By itself, so that nothing else is under suspicion any more.
                worker.send(SIGTERM)
                worker.reap()
                take(worker)
                break
            }
            worker.reap()
            take(worker)
            tally.kills += 1
            tally.points["poison", default: 0] += 1
            try await audit()
        }
        try await finish()
    }

    private mutating func finish() async throws {
        if ledger.findings.isEmpty {
            try drain()
            let jobs = try await audit()
            ledger.settle(jobs, KillLoop.limits)
        }
        tally.acknowledged = ledger.acknowledged
        tally.endsSeen = ledger.endsSeen
        tally.findings = ledger.findings
    }

    // MARK: Workers

    private mutating func kill(_ generator: inout FastRandom) throws {
        var options = nextOptions()
        options.seed = generator.next()
        options.isFullyDurable = Int.random(in: 0..<4, using: &generator) == 0
        options.pause = [200, 1000, 4000].randomElement(using: &generator) ?? 1000
        options.mistake = loop.mistake
        if Bool.random(using: &generator), let point = KillPoint.allCases.randomElement(using: &generator) {
            options.point = point
            options.visit = Int.random(in: point.usualVisits, using: &generator)
        }
        let worker = try start(options)
        // One in four is killed while it starts, others in the midst of their work; one with a point of its own is
        // given time to come to it.
        let isEarly = options.point == nil && Int.random(in: 0..<4, using: &generator) == 0
        let life = Int64.random(in: 0...(isEarly ? 30_000 : 80_000), using: &generator) * 1000
        let start = System.now()
        if !isEarly {
            // Until it is open: on a busy machine that may take longer than all that follows.
            while worker.lines.isEmpty, System.now() < start + 10_000_000_000,
                !worker.read(until: System.now() + 1_000_000)
            {}
        }
        let hasEnded = worker.read(until: System.now() + (options.point == nil ? life : Self.patience))
        if hasEnded, let point = options.point { tally.points[point.rawValue, default: 0] += 1 }
        worker.end(by: SIGKILL)
        if worker.exitCode != -1 {
            ledger.find(.wrong, "worker \(options.number) ended by itself with \(worker.exitCode ?? 0)")
        }
        take(worker)
    }

    /// Runs the remaining jobs with one worker.
    private mutating func drain() throws {
        var options = nextOptions()
        options.mode = .drain
        let worker = try start(options)
        // Far longer than it takes: work that never ends is a finding.
        if !worker.read(until: System.now() + 60_000_000_000) {
            ledger.find(.wrong, "I9: work is left that does not end")
            worker.end(by: SIGKILL)
        }
        worker.reap()
        if worker.exitCode != 0, ledger.findings.isEmpty {
            ledger.find(.wrong, "the last worker ended with \(worker.exitCode ?? 0)")
        }
        take(worker)
    }

    private mutating func nextOptions() -> WorkerOptions {
        workers += 1
        return WorkerOptions(path: path, number: workers)
    }

    private func start(_ options: WorkerOptions) throws -> WorkerProcess {
        try WorkerProcess(options, program: loop.program, errorsPath: path + ".errors")
    }

    private mutating func take(_ worker: WorkerProcess) {
        let lines = worker.takeLines()
        Leftovers.keep(lines, of: worker.options.number, beside: path)
        for line in lines { ledger.take(line, of: worker.options.number) }
        for text in worker.nonsense { ledger.find(.wrong, "no line of a log: \(text)") }
        if let end = worker.endedAt { ledger.bury(worker.options.number, at: end) }
    }

    // MARK: The file

    @discardableResult
    private mutating func audit() async throws -> [StoredJob] {
        // Killed before the file was made, or before it was a queue's: there is nothing that could have been
        // acknowledged.
        if ledger.acknowledged == 0, !(try await isQueue()) { return [] }
        let (jobs, faults) = try await FileAudit(path: path).read()
        for fault in faults { ledger.find(.wrong, "check: \(fault)") }
        ledger.compare(with: jobs)
        return jobs
    }

    private func isQueue() async throws -> Bool {
        do {
            let store = try await SQLiteJobStore(at: .file(path), options: SQLiteStoreOptions(readOnly: true))
            await store.close()
            return true
        } catch let error where [.notAQueue, .io, .permission, .sqlite].contains(error.code) {
            return false
        }
    }
}
