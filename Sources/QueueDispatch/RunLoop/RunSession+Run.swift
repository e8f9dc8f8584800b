import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

extension RunSession {
    /// Runs until the session is stopped, or, if it is to, until nothing is left to do.
    ///
    /// Nothing outlives it.
    ///
    /// Must not be cancelled itself: what still has to be stored when a queue stops would have to be stored by a cancelled task.
    /// ``JobQueue/run()`` turns its own cancellation into ``stop(within:)``.
    func run() async throws {
        let store = core.store
        let worker = try await store.openWorker(lease: core.configuration.lease, at: core.hostTime)
        // Before the recovery, so that nothing is missed between a first look and the first signal.
        let observation = store.observe { [weak self] signal in self?.take(signal) }
        defer { observation.cancel() }
        do {
            try await recover()
        } catch {
            try? await store.closeWorker(worker, at: core.now)
            throw error
        }
        core.rules.warnOfUnavailableSources()
        core.tell(.queueStarted)
        let (lease, fatal) = try await loop(worker)
        channel.close()
        let unsaved =
            state.withLock { $0.handedBack } + (await channel.drain(within: core.configuration.shutdownTimeLimit))
        core.tellStanding()
        core.tell(.queueStopped)
        if !unsaved.isEmpty {
            // The lease is left to run out, so that the jobs are recovered as those of a dead worker are.
            throw QueueError(
                .completionsNotStored,
                "the queue stopped before the ends of \(unsaved.count) jobs could be stored; they will run again",
                jobs: unsaved.map(\.completion.id), underlying: fatal)
        }
        do {
            try await store.closeWorker(lease, at: core.now)
        } catch {
            // All is stored; the lease runs out by itself.
            core.configuration.log.log(.warning, "the lease of \(lease) can't be given back: \(error)")
        }
        if let fatal { throw fatal }
    }

    private func recover() async throws(QueueError) {
        core.tell(
            try await core.store.recover(at: core.hostTime, maximumCrashes: core.configuration.maximumCrashes))
        for (type, count) in try await core.store.activeTypes(besides: Set(core.registry.byType.keys)) {
            core.configuration.log.log(
                .warning, "\(count) jobs of type \"\(type)\" have no executor here, and are left alone")
            core.tell(.unknownType(type, count: count))
        }
    }

    private func loop(_ worker: WorkerID) async throws -> (lease: WorkerID, fatal: QueueError?) {
        let attendance = try channel.attend { [crew] in crew.noteEnds() }
        defer { attendance.end() }
        let loop = await withDiscardingTaskGroup { group in
            let loop = RunLoop(self, worker: worker, attendance: attendance)
            await loop.run(in: &group)
            crew.dismiss()
            // Only alarms are left in the group, and jobs that were taken from this worker.
            group.cancelAll()
            return loop
        }
        return (loop.lease, loop.fatal)
    }
}
