import CrashAudit
import Millrace
import QueueDispatch
import QueueModel
import QueueStorage

/// A process that submits to a file and works on it, until it is killed.
struct Worker {
    /// The number of jobs that it runs at once.
    static let concurrency = 6
    /// The limit of the narrow domain.
    static let narrow = 2

    let options: WorkerOptions
    private let log = OutputLog()

    init(_ options: WorkerOptions) {
        self.options = options
    }

    /// Works; returns the exit code.
    func run() async -> Int32 {
        do {
            try await work()
            return 0
        } catch {
            log.write(.failed("\(error)"))
            return 1
        }
    }

    private func work() async throws {
        let trap = try Trap(options.point, visit: options.visit, directory: options.directory)
        trap.reach(.beforeOpening)
        let store = try await SQLiteJobStore(
            at: .file(options.path),
            // A short log, so that it is copied into the file all the time.
            options: SQLiteStoreOptions(
                durability: options.isFullyDurable ? .full : .normal, busyTimeout: .seconds(60), walPageLimit: 32))
        trap.reach(.afterOpening)
        var configuration = QueueConfiguration(coder: PlainCoder(), concurrency: Self.concurrency)
        configuration.groups = Load.groups.mapValues { GroupRule(limit: $0) }
        configuration.lease = .milliseconds(options.leaseMilliseconds)
        configuration.maximumCrashes = options.maximumCrashes
        configuration.preemptsAt = nil
        configuration.seed = options.seed
        configuration.shutdownTimeLimit = .seconds(5)
        let queue = try JobQueue(
            store: ArmedStore(store, trap, log, mistake: options.mistake), configuration: configuration
        ) {
            PlanExecutor<WideJob>(log: log)
            Domain(NarrowJob.domain) { PlanExecutor<NarrowJob>(log: log) }.concurrency(Self.narrow)
        }
        let events = queue.events([.ended, .trouble], bufferSize: 1 << 16)
        let watch = Task { for await event in events { take(event) } }
        log.write(.opened)
        switch options.mode {
        case .load: try await load(queue)
        case .drain: try await drain(queue)
        }
        await queue.close()
        await watch.value
    }

    private func take(_ event: JobEvent) {
        switch event.kind {
        case .ended(let state, _): if let id = event.id { log.write(.ended(id, state)) }
        case .stale: if let id = event.id { log.write(.stale(id)) }
        case .completionRejected(let message): log.write(.failed("an end could not be stored: \(message)"))
        case .lost(let count): log.write(.failed("\(count) events were lost"))
        default: break
        }
    }

    private func load(_ queue: JobQueue) async throws {
        let load = Load(
            queue, log, number: options.number, seed: options.seed, pause: options.pause, longest: options.longest)
        try await withThrowingTaskGroup { group in
            group.addTask { await load.run() }
            if options.isPoisoned { group.addTask { try await load.submitPoison() } }
            try await queue.runUntilSignal([.terminate])
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    private func drain(_ queue: JobQueue) async throws {
        for schedule in try await queue.schedules.all() { try await queue.schedules.cancel(schedule.id) }
        // Jobs that another worker of a moment ago had, or that a lease held back, may come late.
        repeat { try await queue.runUntilIdle() } while try await queue.counts().active > 0
        log.write(.idle)
    }
}
