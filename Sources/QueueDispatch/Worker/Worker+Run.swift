import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

extension Worker {
    /// Runs until the worker is stopped, or, if it is to, until nothing is left to do.
    ///
    /// Nothing outlives it. It must not be cancelled itself: what still has to be stored when a queue stops would
    /// have to be stored by a cancelled task. ``JobQueue/run()`` turns its own cancellation into ``stop(within:)``.
    func run() async throws {
        let store = core.store
        defer { consumer.end() }
        let first = try await store.openWorker(lease: core.configuration.lease, at: core.hostTime)
        // Before the recovery, so that nothing is missed between a first look and the first signal.
        let observation = store.observe { [weak self] signal in self?.take(signal) }
        defer { observation.cancel() }
        do {
            try await recoverJobs()
        } catch {
            try? await store.closeWorker(first, at: core.now)
            throw error
        }
        core.rules.warnOfUnavailableSources()
        core.reporter.report(.queueStarted)
        let now = ticker.now()
        lock.state.withLock { $0.leaseOpened(first, at: now) }
        await runLoop()
        consumer.end()
        channel.close()
        let left = await channel.drain(within: core.configuration.shutdownTimeLimit).map(\.completion.id)
        let (unstored, lease, fatal) = lock.state.withLock { state in
            (state.recovery.unstored + left, state.lease.id ?? first, state.claims.fatalError)
        }
        reportStatus()
        core.reporter.report(.queueStopped)
        if !unstored.isEmpty {
            // The lease is left to run out, so that the jobs are recovered as those of a dead worker are.
            throw QueueError(
                .completionsNotStored,
                "the queue stopped before the ends of \(unstored.count) jobs could be stored; they will run again",
                jobs: unstored, underlying: fatal)
        }
        do {
            try await store.closeWorker(lease, at: core.now)
        } catch {
            // All is stored; the lease runs out by itself.
            log.log(.warning, "the lease of \(lease) can't be given back: \(error)")
        }
        if let fatal { throw fatal }
    }

    /// Recovers the jobs of dead workers, and reports types without an executor here.
    private func recoverJobs() async throws(QueueError) {
        core.reporter.report(
            try await core.store.recover(at: core.hostTime, maximumCrashes: core.configuration.maximumCrashes))
        for (type, count) in try await core.store.activeTypes(besides: Set(core.registry.byType.keys)) {
            log.log(.warning, "\(count) jobs of type \"\(type)\" have no executor here, and are left alone")
            core.reporter.report(.unknownType(type, count: count))
        }
    }

    private func runLoop() async {
        await withDiscardingTaskGroup { group in
            var loop = WorkerLoop(self)
            await loop.run(in: &group)
            for member in lock.state.withLock({ $0.members.dismiss() }) { member.resume() }
            // Only alarms are left in the group, and jobs that were taken from this worker.
            group.cancelAll()
        }
    }
}
