import CrashAudit
import QueueBackoff
import QueueModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The changes of one file.
struct CrowdRound {
    let crowd: Crowd
    let path: String
    var tally = Tally()
    var ledger = Ledger()
    /// All lines, with the workers that wrote them.
    private var lines: [(line: LogLine, worker: Int)] = []
    private var ends: [(worker: Int, at: Int64)] = []
    private var numbers = 0
    private var workers: [WorkerProcess] = []
    /// The times at which stopped workers continue, by their indexes.
    private var stopped: [Int: Int64] = [:]

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

    // MARK: Work

    /// Runs the workers, and stops and kills them.
    mutating func work(for seconds: Int, _ generator: inout FastRandom) throws {
        for _ in 0..<crowd.workers { workers.append(try start(&generator)) }
        let deadline = System.now() + Int64(seconds) * 1_000_000_000
        var next = System.now() + 500_000_000
        while System.now() < deadline {
            // All logs are read all the time: who writes to a full pipe would stand still.
            workers[0].read(until: System.now() + 1_000_000)
            for worker in workers { worker.drain() }
            let now = System.now()
            for (place, end) in stopped where end <= now {
                workers[place].send(SIGCONT)
                stopped[place] = nil
            }
            for (place, worker) in workers.enumerated() where worker.hasEnded {
                ledger.find(.wrong, "worker \(worker.options.number) ended by itself")
                try replace(place, &generator)
            }
            if now >= next {
                next = now + Int64.random(in: 20...250, using: &generator) * 1_000_000
                try meddle(&generator)
            }
        }
        endAll()
    }

    /// Kills a worker, or stops it for a while.
    private mutating func meddle(_ generator: inout FastRandom) throws {
        let place = Int.random(in: workers.indices, using: &generator)
        let kind = Int.random(in: 0..<3, using: &generator)
        if kind == 0 {
            workers[place].end(by: SIGKILL)
            tally.kills += 1
            try replace(place, &generator)
        } else if stopped[place] == nil, stopped.count < 3 {
            // Every other one for longer than its lease.
            let milliseconds =
                kind == 1
                ? Int64.random(in: 5...300, using: &generator)
                : Int64(Crowd.leaseMilliseconds) + Int64.random(in: 100...1200, using: &generator)
            workers[place].send(SIGSTOP)
            stopped[place] = System.now() + milliseconds * 1_000_000
            tally.stops += 1
        }
    }

    private mutating func replace(_ place: Int, _ generator: inout FastRandom) throws {
        take(workers[place])
        stopped[place] = nil
        workers[place] = try start(&generator)
    }

    /// Ends all workers by themselves, and then by force.
    private mutating func endAll() {
        for worker in workers {
            worker.send(SIGCONT)
            // One that runs jobs listens to the signal; one that has just been started would die of it.
            if worker.isAtWork { worker.send(SIGTERM) } else { worker.end(by: SIGKILL) }
        }
        for worker in workers where worker.exitCode == nil {
            // All logs have to be read, or who writes to a full one would never end.
            let deadline = System.now() + Crowd.patience
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
        workers.forEach { take($0) }
    }

    /// Runs the remaining jobs with one worker.
    mutating func drain() throws {
        numbers += 1
        var options = WorkerOptions(path: path, number: numbers)
        options.mode = .drain
        let worker = try WorkerProcess(options, program: crowd.program, errorsPath: path + ".errors")
        if !worker.read(until: System.now() + Crowd.patience) {
            ledger.find(.wrong, "I9: work is left that does not end")
            worker.end(by: SIGKILL)
        }
        worker.reap()
        if worker.exitCode != 0 { ledger.find(.wrong, "the last worker ended with \(worker.exitCode ?? 0)") }
        take(worker)
    }

    /// Compares all logs with the file.
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
        // Some last so long that they still run elsewhere when a worker that was stopped beyond its lease comes to
        // their end.
        options.longest = 700
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
