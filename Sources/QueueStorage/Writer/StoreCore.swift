import Dispatch
import QueueModel
import QueueStoreKit

/// What an open store is made of, and the ways to run a call on it.
struct StoreCore: Sendable {
    /// `nil` if the store is open for reading alone.
    let writer: Writer?
    /// `nil` in memory, where the writer's connection is the only one.
    let readers: ReaderPool?
    let observers: Observers
    let logKeeper: LogKeeper?
    let wakeFile: WakeFile?

    // MARK: Calls

    /// Runs an operation in a transaction, and returns after the commit.
    func perform<Operation: WriteOperation>(_ operation: Operation) async throws(QueueError) -> Operation.Output {
        guard let writer else { throw QueueError(.readOnly, "the store was opened for reading alone") }
        return try await writer.perform(operation)
    }

    /// Runs a closure in a transaction, and returns after the commit.
    func write<Output: Sendable>(
        _ manner: OperationManner = .quick,
        _ body: @escaping @Sendable (StoreContext) throws(QueueError) -> Output
    ) async throws(QueueError) -> Output {
        try await perform(
            ClosureOperation(manner: manner) { (context) throws(QueueError) in .keep(try body(context)) })
    }

    /// Reads in one snapshot of the database.
    func read<Output: Sendable>(
        _ body: @escaping @Sendable (Session) throws(QueueError) -> Output
    ) async throws(QueueError) -> Output {
        if let readers { return try readers.read(body) }
        return try await write { (context) throws(QueueError) in
            // Includes what the operations before it in the transaction have done.
            try WriteTransaction(context).writeBack()
            return try body(context.session)
        }
    }

    /// Runs an operation that only looks, on the writer's index of lanes.
    ///
    /// A store that is open for reading alone loads the index for the call, at the cost of a look-up per lane.
    func look<Operation: WriteOperation>(_ operation: Operation) async throws(QueueError) -> Operation.Output {
        guard writer == nil, let readers else { return try await perform(operation) }
        return try readers.read { (session) throws(QueueError) in
            let context = StoreContext(session, log: nil, storeID: 0, process: .current)
            context.onlyReads = true
            try WriteTransaction(context).loadIfNeeded()
            return try operation.run(in: context).output
        }
    }

    // MARK: Observing

    /// Calls `body` after each commit that has something to report, by this store or another process.
    func observe(_ body: @escaping @Sendable (StoreSignal) -> Void) -> StoreObservation {
        let observation = observers.add(body)
        wakeFile?.start { [weak writer, observers] in
            if let writer { Self.reportOthersCommits(writer, observers) }
        }
        return observation
    }

    /// Reports what another process has committed.
    private static func reportOthersCommits(_ writer: Writer, _ observers: Observers) {
        if observers.isEmpty { return }
        Task {
            let look = ClosureOperation(manner: .long) { (context) throws(QueueError) in
                .keep(try Workers(context).reportOfOthers())
            }
            // A store that is closing has nothing more to report. What became claimable is not known, so it may be most
            // urgent.
            var report = (try? await writer.perform(look)) ?? CommitReport()
            report.work = 0
            observers.report(report)
        }
    }

    // MARK: Closing

    /// Ends after all calls that are under way; later ones throw.
    func close() async {
        wakeFile?.close()
        readers?.close()
        await logKeeper?.close()
        await writer?.close()
    }
}

// MARK: - Opening

extension StoreCore {
    /// Opens a store on a thread of its own: reading an unknown file, and waiting for another process that makes it,
    /// can take a while.
    static func open(_ location: SQLiteJobStore.Location, _ options: SQLiteStoreOptions) async throws(QueueError)
        -> StoreCore
    {
        let opened = await withUnsafeContinuation { caller in
            DispatchQueue(label: "millrace.open").async {
                do throws(QueueError) {
                    caller.resume(returning: Result<StoreCore, QueueError>.success(try StoreCore(location, options)))
                } catch {
                    caller.resume(returning: .failure(error))
                }
            }
        }
        return try opened.get()
    }

    private init(_ location: SQLiteJobStore.Location, _ options: SQLiteStoreOptions) throws(QueueError) {
        switch location {
        case .file(let name) where options.readOnly: try self.init(reading: name, options)
        case .file(let name): try self.init(writing: Platform.absolute(name), location, options)
        case .memory: try self.init(inMemory: options)
        }
    }

    private init(reading name: String, _ options: SQLiteStoreOptions) throws(QueueError) {
        let access = try Database.access(forReading: name, options)
        self.init(
            writer: nil,
            readers: ReaderPool(path: Platform.absolute(name), limit: options.readerCount, access: access),
            observers: Observers(), logKeeper: nil, wakeFile: nil)
    }

    private init(
        writing path: String, _ location: SQLiteJobStore.Location, _ options: SQLiteStoreOptions
    ) throws(QueueError) {
        let connection = try Database.open(location, options)
        let log = LogMeter()
        log.install(on: connection)
        let observers = Observers()
        let logKeeper = LogKeeper(path: path, limit: options.walPageLimit)
        let wakeFile = WakeFile(path: WakeFile.path(beside: path))
        let context = StoreContext(
            Session(connection), log: log, storeID: .random(in: 1 ... .max), process: .current,
            effectTimeLimit: options.effectTimeLimit)
        WriteTransaction(context).warmUp()
        let writer = Writer(
            context, busyTimeout: options.busyTimeout, syncsAlways: options.durability == .full
        ) { writer, report in
            observers.report(report)
            if report.hasForeignWorkers, !report.isEmpty { wakeFile?.touch() }
            logKeeper.didCommit(pages: report.logPages, by: writer)
        }
        self.init(
            writer: writer, readers: ReaderPool(path: path, limit: options.readerCount), observers: observers,
            logKeeper: logKeeper, wakeFile: wakeFile)
    }

    private init(inMemory options: SQLiteStoreOptions) throws(QueueError) {
        if options.readOnly {
            throw QueueError(.invalidOption, "a store in memory is new, and can't be opened for reading alone")
        }
        let connection = try Database.open(.memory, options)
        let observers = Observers()
        let context = StoreContext(
            Session(connection), log: nil, storeID: 1, process: .current, effectTimeLimit: options.effectTimeLimit)
        WriteTransaction(context).warmUp()
        let writer = Writer(context, busyTimeout: .zero, syncsAlways: false) { _, report in observers.report(report) }
        self.init(writer: writer, readers: nil, observers: observers, logKeeper: nil, wakeFile: nil)
    }
}
