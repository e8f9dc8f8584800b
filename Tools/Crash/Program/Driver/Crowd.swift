import CrashAudit
import QueueBackoff
import QueueModel
import QueueStorage

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Several processes that submit to one file and work on it at once, while some of them are stopped for a while, beyond their lease or
/// not, and some are killed and started anew.
struct Crowd: Sendable {
    var workers: Int
    var seconds: Int
    var seed: UInt64
    var program: String
    var directory: String

    /// How long one file is worked on: what a round has logged is looked at as a whole.
    private static let secondsPerFile = 20
    static let leaseMilliseconds = 1000
    /// How long a worker may take to end by itself, and the last one to work off all that is left, in nanoseconds.
    private static let patience: Int64 = 60_000_000_000

    /// Runs for the given time, or until something was found.
    func run() async -> Tally {
        var tally = Tally()
        var generator = FastRandom(seed: seed)
        var left = seconds
        while left > 0, tally.findings.isEmpty {
            let path = "\(directory)/crowd-\(tally.files).db"
            do {
                tally.add(try await round(path, seconds: min(left, Self.secondsPerFile), &generator))
            } catch {
                tally.findings.append(Finding(.wrong, "\(path): \(error)"))
            }
            left -= Self.secondsPerFile
            if tally.findings.isEmpty { Leftovers.remove(path) }
        }
        return tally
    }

    private func round(_ path: String, seconds: Int, _ generator: inout FastRandom) async throws -> Tally {
        var round = CrowdRound(crowd: self, path: path)
        // A watch needs a file.
        try await SQLiteJobStore(at: .file(path)).close()
        let watch = LimitWatch(path: path)
        async let excesses = watch.run()
        do {
            try round.work(for: seconds, &generator)
            try round.drain(patience: Self.patience)
        } catch {
            watch.stop()
            _ = try? await excesses
            throw error
        }
        watch.stop()
        let found = try await excesses
        try await round.judge()
        for text in found { round.ledger.find(.overLimit, text) }
        round.tally.samples = watch.samples
        return round.finished
    }

    /// Ends all workers by themselves, and then by force.
    fileprivate static func stop(_ workers: [WorkerProcess], _ ledger: inout Ledger) {
        for worker in workers {
            worker.send(SIGCONT)
            // One that runs jobs listens to the signal; one that has just been started would die of it.
            if worker.isAtWork { worker.send(SIGTERM) } else { worker.end(by: SIGKILL) }
        }
        for worker in workers where worker.exitCode == nil {
            // All logs have to be read, or who writes to a full one would never end.
            let deadline = System.now() + patience
            while !worker.read(until: System.now() + 2_000_000), System.now() < deadline {
                workers.forEach { $0.drain() }
            }
            if System.now() >= deadline {
                ledger.find(.wrong, "worker \(worker.options.number) did not end when it was told to")
                worker.end(by: SIGKILL)
            }
            worker.reap()
            if worker.exitCode != 0 {
                ledger.find(.wrong, "worker \(worker.options.number) ended with \(worker.exitCode ?? 0)")
            }
        }
    }
}

/// What happens to one file.
private struct CrowdRound {
    let crowd: Crowd
    let path: String
    var tally = Tally()
    var ledger = Ledger()
    /// All lines, with the workers that wrote them.
    private var lines: [(line: LogLine, worker: Int)] = []
    private var ends: [(worker: Int, at: Int64)] = []
    private var numbers = 0

    init(crowd: Crowd, path: String) {
        self.crowd = crowd
        self.path = path
        tally.files = 1
    }

    var finished: Tally {
        var tally = tally
        tally.acknowledged = ledger.acknowledged
        tally.endsSeen = ledger.endsSeen
        tally.findings = ledger.findings
        return tally
    }

    /// Has the workers work, and stops and kills them.
    mutating func work(for seconds: Int, _ generator: inout FastRandom) throws {
        var workers: [WorkerProcess] = []
        for _ in 0..<crowd.workers { workers.append(try start(&generator)) }
        /// When those that are stopped go on.
        var stopped: [Int: Int64] = [:]
        let deadline = System.now() + Int64(seconds) * 1_000_000_000
        var next = System.now() + 500_000_000
        while System.now() < deadline {
            workers[0].read(until: System.now() + 1_000_000)
            for worker in workers { worker.drain() }
            let now = System.now()
            for (place, end) in stopped where end <= now {
                workers[place].send(SIGCONT)
                stopped[place] = nil
            }
            for (place, worker) in workers.enumerated() where worker.hasEnded {
                ledger.find(.wrong, "worker \(worker.options.number) ended by itself")
                take(worker)
                workers[place] = try start(&generator)
            }
            if now < next { continue }
            next = now + Int64.random(in: 20...250, using: &generator) * 1_000_000
            let place = Int.random(in: workers.indices, using: &generator)
            switch Int.random(in: 0..<3, using: &generator) {
            case 0:
                workers[place].end(by: SIGKILL)
                take(workers[place])
                stopped[place] = nil
                tally.kills += 1
                workers[place] = try start(&generator)
            case let kind where stopped[place] == nil && stopped.count < 3:
                // Every other one is stopped for longer than its lease.
                let milliseconds =
                    kind == 1
                    ? Int64.random(in: 5...300, using: &generator)
                    : Int64(Crowd.leaseMilliseconds) + Int64.random(in: 100...1200, using: &generator)
                workers[place].send(SIGSTOP)
                stopped[place] = now + milliseconds * 1_000_000
                tally.stops += 1
            default: break
            }
        }
        Crowd.stop(workers, &ledger)
        workers.forEach { take($0) }
    }

    /// Lets a worker do all that is left.
    mutating func drain(patience: Int64) throws {
        numbers += 1
        var options = WorkerOptions(path: path, number: numbers)
        options.mode = .drain
        let worker = try WorkerProcess(options, program: crowd.program, errorsPath: path + ".errors")
        if !worker.read(until: System.now() + patience) {
            ledger.find(.wrong, "I9: work is left that does not end")
            worker.end(by: SIGKILL)
        }
        worker.reap()
        if worker.exitCode != 0 { ledger.find(.wrong, "the last worker ended with \(worker.exitCode ?? 0)") }
        take(worker)
    }

    /// Holds all that was logged against the file.
    mutating func judge() async throws {
        // In the order of their times, since what one process has seen may follow from what another has done.
        lines.sort { $0.line.at < $1.line.at }
        for (line, worker) in lines { ledger.take(line, of: worker) }
        for end in ends { ledger.bury(end.worker, at: end.at) }
        let audit = FileAudit(path: path)
        let (jobs, faults) = try await audit.read()
        for fault in faults { ledger.find(.wrong, "check: \(fault)") }
        ledger.compare(with: jobs)
        let doubtful = ledger.doubtful
        tally.leasesLost = ledger.attemptsLost
        for end in try await audit.ends(of: doubtful) { ledger.fence(end.id, attempt: end.attempt, at: end.at) }
        ledger.settle(jobs, KillLoop.limits)
    }

    private mutating func start(_ generator: inout FastRandom) throws -> WorkerProcess {
        numbers += 1
        var options = WorkerOptions(path: path, number: numbers)
        options.seed = generator.next()
        options.leaseMilliseconds = Crowd.leaseMilliseconds
        options.pause = 20_000
        options.isFullyDurable = numbers % 4 == 0
        return try WorkerProcess(options, program: crowd.program, errorsPath: path + ".errors")
    }

    private mutating func take(_ worker: WorkerProcess) {
        worker.reap()
        let number = worker.options.number
        let own = worker.takeLines()
        Leftovers.keep(own, of: number, beside: path)
        lines += own.map { ($0, number) }
        for text in worker.nonsense { ledger.find(.wrong, "no line of a log: \(text)") }
        if let end = worker.endedAt { ends.append((number, end)) }
    }
}
