import Dispatch
import QueueModel
import QueueStoreKit
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The one that writes: a lock whose holder also does the work of those who come meanwhile.
///
/// A caller that finds it idle runs its operation itself, on its own thread, as one transaction. One that finds it busy
/// queues and suspends; the caller at work runs all that queued as one transaction, in which each has its own outcome
/// or error. What can block for long (another process's lock, a sync, bulk upkeep) runs on
/// the store's own thread and never on Swift's pool.
final class Writer: Sendable {
    private struct Shared {
        var isBusy = false
        var isClosing = false
        var isClosed = false
        var queue: [any PendingOperation] = []
        var closers: [UnsafeContinuation<Void, Never>] = []
    }

    private let shared = Mutex(Shared())
    /// Only the caller that has set `isBusy` touches it, and hands it on through the lock or the thread's queue.
    private nonisolated(unsafe) let context: StoreContext
    private var transaction: WriteTransaction { WriteTransaction(context) }
    private let thread = DispatchQueue(label: "millrace.writer")
    private let busyTimeout: Duration
    /// Whether each commit waits for the disk, so that none may run on a caller's thread.
    private let syncsAlways: Bool
    /// Takes the report of each commit.
    private let didCommit: @Sendable (Writer, CommitReport) -> Void

    /// How many transactions a caller runs for others before it hands over to the thread.
    private static let rounds = 4
    /// How many operations share a transaction at most.
    private static let groupLimit = 256

    init(
        _ context: sending StoreContext, busyTimeout: Duration, syncsAlways: Bool,
        didCommit: @escaping @Sendable (Writer, CommitReport) -> Void
    ) {
        self.context = context
        self.busyTimeout = busyTimeout
        self.syncsAlways = syncsAlways
        self.didCommit = didCommit
    }

    // MARK: Operations

    private enum Entry { case lead, queue, closed }

    /// Runs an operation in a transaction, its own or one shared with others, and returns after the commit.
    func perform<Operation: WriteOperation>(
        _ operation: Operation
    ) async throws(QueueError) -> Operation.Output {
        let mayLead = operation.manner == .quick && !syncsAlways
        let entry = shared.withLock { shared -> Entry in
            if shared.isClosing { return .closed }
            if shared.isBusy || !mayLead { return .queue }
            shared.isBusy = true
            return .lead
        }
        switch entry {
        case .closed:
            throw QueueError(.closed, "the store is closed")
        case .lead:
            if let outcome = runAlone(operation) {
                leave()
                return try outcome.get()
            }
            // Another process has the lock: the thread waits for it.
            return try await wait(for: operation, leads: true)
        case .queue:
            return try await wait(for: operation, leads: false)
        }
    }

    private func wait<Operation: WriteOperation>(
        for operation: Operation, leads: Bool
    ) async throws(QueueError) -> Operation.Output {
        let outcome = await withUnsafeContinuation { caller in
            enqueue(Pending(operation, caller), leads: leads)
        }
        return try outcome.get()
    }

    /// Queues an operation for the caller that has the writer, or for the thread; with `leads` the caller itself has it
    /// and hands it over.
    func enqueue(_ item: any PendingOperation, leads: Bool = false) {
        let mustStart = shared.withLock { shared -> Bool? in
            if shared.isClosed { return nil }
            shared.queue.append(item)
            if leads { return true }
            if shared.isBusy { return false }
            shared.isBusy = true
            return true
        }
        switch mustStart {
        case nil: item.finish()
        case true?: thread.async { self.runQueued(mayWait: true) }
        case false?: break
        }
    }

    /// Runs an operation as a transaction of its own; `nil` if another process has the lock.
    private func runAlone<Operation: WriteOperation>(
        _ operation: Operation
    ) -> Result<Operation.Output, QueueError>? {
        do throws(QueueError) {
            if let answer = try operation.answer(from: context) {
                if case .discard = answer { transaction.rollback() }
                return .success(answer.output)
            }
            try transaction.begin()
        } catch {
            return error.code == .busy ? nil : .failure(error)
        }
        var group = LoneOperation(operation)
        if let error = runAndCommit(&group) { return .failure(error) }
        return group.result ?? .failure(QueueError(.sqlite, "the operation has not run"))
    }

    /// Runs a group in the open transaction, commits it and reports the commit.
    ///
    /// Returns what went wrong with all of it; then the transaction is undone.
    ///
    /// There are no savepoints: they would cost every operation for what hardly any needs. If one leaves something to
    /// be undone, all is, and each has a transaction of its own.
    private func runAndCommit(_ group: inout some OperationGroup) -> QueueError? {
        let isAlone = group.count == 1
        var report = CommitReport()
        var hasFailed = false
        do throws(QueueError) {
            var index = 0
            while index < group.count {
                let changes = context.session.connection.totalChanges
                context.beginOperation()
                switch group.run(at: index, in: context) {
                case .kept(let count):
                    report.add(context.report)
                    index += count
                    continue
                case .failed(let error):
                    if isHarmless(error, since: changes) {
                        hasFailed = true
                        index += 1
                        continue
                    }
                    if !isAlone { throw error }
                case .discarded:
                    if !isAlone { throw QueueError(.sqlite, "an operation has to be undone") }
                }
                // The result, or the error, is the operation's own.
                transaction.rollback()
                return nil
            }
            try transaction.commit()
        } catch {
            transaction.rollback()
            // The first error counts.
            return isAlone && hasFailed ? nil : error
        }
        report.hasForeignWorkers = context.hasForeignWorkers
        report.logPages = context.log?.pages ?? 0
        didCommit(self, report)
        return nil
    }

    // MARK: Turns

    /// Gives the writer up, or works for those who came meanwhile.
    private func leave() {
        let isIdle = shared.withLock { shared -> Bool in
            guard shared.queue.isEmpty, !shared.isClosing else { return false }
            shared.isBusy = false
            return true
        }
        if !isIdle { runQueued(mayWait: false) }
    }

    /// Works until nobody waits, or hands over to the thread: after a few rounds, and for what may take long.
    private func runQueued(mayWait: Bool) {
        var round = 0
        while true {
            let group: [any PendingOperation]
            switch next(mayWait: mayWait) {
            case .nothing: return
            case .closeOnThread:
                thread.async { self.runQueued(mayWait: true) }
                return
            case .close(let closers):
                context.close()
                for closer in closers { closer.resume() }
                return
            case .group(let items): group = items
            }
            let needsThread = syncsAlways || group.contains { $0.manner != .quick }
            if !mayWait, needsThread || round == Self.rounds || !commit(group, mayWait: false) {
                shared.withLock { $0.queue.insert(contentsOf: group, at: 0) }
                thread.async { self.runQueued(mayWait: true) }
                return
            }
            if mayWait { runOnThread(group) }
            round += 1
        }
    }

    /// Runs what must stand outside of transactions, then commits the rest.
    private func runOnThread(_ group: [any PendingOperation]) {
        var group = group
        if group.contains(where: { $0.manner == .bare }) {
            for item in group where item.manner == .bare {
                _ = item.run(with: [item], in: context)
                item.finish()
            }
            group.removeAll { $0.manner == .bare }
            if group.isEmpty { return }
        }
        _ = commit(group, mayWait: true)
    }

    private enum Next {
        case nothing, closeOnThread
        case group([any PendingOperation])
        case close([UnsafeContinuation<Void, Never>])
    }

    /// The next to share a transaction.
    ///
    /// If there is nothing to do, the writer is given up.
    private func next(mayWait: Bool) -> Next {
        shared.withLock { shared in
            if shared.queue.isEmpty {
                if shared.isClosing {
                    // SQLite copies the log when the last connection closes. The writer stays busy: nobody has it any
                    // more.
                    if !mayWait { return .closeOnThread }
                    shared.isClosed = true
                    defer { shared.closers = [] }
                    return .close(shared.closers)
                }
                shared.isBusy = false
                return .nothing
            }
            if shared.queue.count <= Self.groupLimit {
                defer { shared.queue = [] }
                return .group(shared.queue)
            }
            let group = Array(shared.queue.prefix(Self.groupLimit))
            shared.queue.removeFirst(Self.groupLimit)
            return .group(group)
        }
    }

    /// Commits a group, and lets each caller go on.
    ///
    /// Returns `false`, with nothing done, if another process has the lock and this must not wait.
    private func commit(_ group: [any PendingOperation], mayWait: Bool) -> Bool {
        let syncs = !syncsAlways && group.contains { $0.manner == .synced }
        do throws(QueueError) {
            if syncs { try context.session.connection.execute("PRAGMA synchronous = FULL") }
            try begin(mayWait: mayWait)
        } catch {
            if syncs { restoreSync() }
            if error.code == .busy, !mayWait { return false }
            for item in group { finish(item, with: error) }
            return true
        }
        var operations = QueuedOperations(items: group)
        if let error = runAndCommit(&operations) {
            if group.count == 1 {
                finish(group[0], with: error)
            } else {
                // One may have brought all down (a full disk, a damaged page): each has its own try.
                for item in group { _ = commit([item], mayWait: true) }
            }
        } else {
            for item in group { item.finish() }
        }
        if syncs { restoreSync() }
        return true
    }

    private func restoreSync() {
        try? context.session.connection.execute("PRAGMA synchronous = NORMAL")
    }

    private func finish(_ item: any PendingOperation, with error: QueueError) {
        item.fail(with: error)
        item.finish()
    }

    /// Whether an operation that threw has left nothing to be undone, in the database or in memory.
    private func isHarmless(_ error: QueueError, since changes: Int64) -> Bool {
        let isOfRules = [
            .unknownDependency, .unknownParent, .unknownJob, .unknownSchedule, .notPossibleNow, .leaseLost,
            .dependencyCycle,
        ].contains(error.code)
        return isOfRules && context.session.connection.isInTransaction
            && context.session.connection.totalChanges == changes
    }

    /// Begins a transaction.
    ///
    /// While another process has the lock this tries again after short, uneven pauses that do not grow, so that who
    /// came late has no better chance than who waits.
    private func begin(mayWait: Bool) throws(QueueError) {
        let deadline = ContinuousClock.now + busyTimeout
        while true {
            do throws(QueueError) {
                try transaction.begin()
                return
            } catch {
                guard error.code == .busy, mayWait, ContinuousClock.now < deadline else { throw error }
                usleep(UInt32.random(in: 200...2000))
            }
        }
    }

    // MARK: Closing

    /// Ends after all that is under way; later operations throw.
    func close() async {
        await withUnsafeContinuation { caller in
            let action = shared.withLock { shared -> Bool? in
                if shared.isClosed { return nil }
                shared.isClosing = true
                shared.closers.append(caller)
                if shared.isBusy { return false }
                shared.isBusy = true
                return true
            }
            switch action {
            case nil: caller.resume()
            case true?: thread.async { self.runQueued(mayWait: true) }
            case false?: break
            }
        }
    }
}
