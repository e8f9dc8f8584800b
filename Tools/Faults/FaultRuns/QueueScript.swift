import Millrace

/// A short life of a queue with jobs of every kind, which ends when all have ended.
struct QueueScript {
    let directory: Directory
    let durability: SQLiteStoreOptions.Durability
    let ledger: Ledger
    /// Returns whether a call that threw is to be retried.
    let mayTryAgain: @Sendable (any Error) -> Bool

    /// Work of a kind.
    struct Work: Job {
        enum Kind: String, CaseIterable, Codable {
            /// It is done at once.
            case plain
            /// Its first attempt fails.
            case flaky
            /// It leaves a row in a table of the user's, in the transaction of its completion.
            case paying
            /// It has two children.
            case parent
        }

        static let type: JobType = "work"
        var kind: Kind
        var number: Int

        var label: String? { "\(kind.rawValue) \(number)" }
    }

    /// A child's work.
    struct Part: Job {
        static let type: JobType = "part"
        var number: Int
    }

    private struct Worker: JobExecutor {
        let ledger: Ledger

        func execute(_ job: Work, in context: JobContext) async throws {
            switch job.kind {
            case .plain: break
            case .flaky:
                if context.attempt == 1 { throw JobError.retryable("not at once", after: .zero) }
            case .paying:
                try context.atCompletion { connection in
                    try connection.execute("INSERT INTO payment VALUES(?1)", .init(context.id.rawValue))
                }
            case .parent:
                // An attempt whose children were stored, and that is tried again all the same, has them already.
                if try await context.children().isEmpty {
                    try await context.spawn(contentsOf: [Part(number: 1), Part(number: 2)])
                }
            }
            if job.kind != .parent, let label = job.label { ledger.note(.completing(label)) }
        }

        func finalize(_ job: Work, output: Void, in context: JobContext) async throws {
            if let label = job.label { ledger.note(.completing(label)) }
        }
    }

    private struct Parter: JobExecutor {
        func execute(_ job: Part, in context: JobContext) async throws {}
    }

    static let jobs = (0..<20).map { Work(kind: Work.Kind.allCases[$0 % Work.Kind.allCases.count], number: $0) }

    /// Opens the queue.
    func open() async throws -> JobQueue {
        let store = try await SQLiteJobStore(
            at: .file(directory.database),
            options: SQLiteStoreOptions(durability: durability, busyTimeout: .milliseconds(200), walPageLimit: 16))
        var configuration = QueueConfiguration(coder: JSONCoder(), concurrency: 4)
        configuration.pollInterval = .milliseconds(20)
        configuration.completions.retryDelay = QueueConfiguration.RetryDelay(
            initial: .milliseconds(1), maximum: .milliseconds(4))
        configuration.storeRetryDelay = configuration.completions.retryDelay
        configuration.defaults.retry = .immediate(retries: 50)
        configuration.log = StandardErrorLog(minimum: .error)
        return try JobQueue(store: store, configuration: configuration) {
            Worker(ledger: ledger)
            Parter()
        }
    }

    /// Tries again what may pass.
    func persist<Answer>(_ body: () async throws -> Answer) async throws -> Answer {
        while true {
            do {
                return try await body()
            } catch {
                if !mayTryAgain(error) { throw error }
            }
        }
    }

    /// Lives the life, and closes the queue.
    func run() async throws {
        let queue = try await persist { try await open() }
        do {
            try await live(queue)
        } catch {
            await queue.close()
            throw error
        }
        await queue.close()
    }

    private func live(_ queue: JobQueue) async throws {
        try await persist {
            _ = try await queue.withUserTables { connection in
                try connection.execute("CREATE TABLE IF NOT EXISTS payment(job INTEGER)")
            }
        }
        let events = queue.events(.ended, bufferSize: 10_000)
        try await withThrowingTaskGroup { group in
            group.addTask {
                for await event in events {
                    if case .ended(.completed, _) = event.kind, let id = event.id, event.type == "work" {
                        ledger.note(.completed(id))
                    }
                }
            }
            group.addTask { try await persist { try await queue.run() } }
            try await submitAndWait(queue)
            queue.shutdown()
            // The run, then the events, which end with the queue.
            try await group.next()
            await queue.close()
            try await group.waitForAll()
        }
    }

    private func submitAndWait(_ queue: JobQueue) async throws {
        try await withThrowingTaskGroup { group in
            for share in 0..<4 {
                group.addTask {
                    for work in Self.jobs where work.number % 4 == share {
                        let label = work.label ?? ""
                        ledger.note(.submitting(label))
                        let id = try await persist { try await queue.submit(work).id }
                        ledger.note(.submitted(label))
                        if work.number / 4 % 2 == 1 { _ = try await persist { try await queue.endedJob(id) } }
                    }
                }
            }
            try await group.waitForAll()
        }
        var waiting = JobQuery(states: JobState.active, order: .oldestFirst)
        waiting.limit = 1
        while let id = try await persist({ try await queue.jobs(waiting).jobs.first?.id }) {
            _ = try await persist { try await queue.endedJob(id) }
        }
    }
}
