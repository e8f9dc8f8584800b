import QueueCompletion
import QueueModel
import QueueStoreKit
import Synchronization

/// The loop of a worker: does what only it can, runs turns that no member runs, and sleeps until something happens.
///
/// Every task of a worker is a child of the loop's group, and so is created here: members, alarms, the recovery of a
/// batch, reports of progress.
struct WorkerLoop {
    private let worker: Worker
    private var scheduler: Scheduler

    init(_ worker: Worker) {
        self.worker = worker
        scheduler = Scheduler(worker.core)
    }

    private var lock: WorkerStateLock { worker.lock }

    /// Goes on until the worker is stopped and nothing runs here any more.
    mutating func run(in group: inout DiscardingTaskGroup) async {
        while true {
            guard lock.state.withLock({ $0.loopBegins() }) else {
                await lock.waitForWake()
                continue
            }
            await lookAround(at: worker.ticker.now(), in: &group)
            let plan = await worker.turnByLoop()
            fillVacancies(in: &group)
            startRecovery(in: &group)
            if plan.runs { continue }
            if plan.isOver { return }
            let end = lock.state.withLock { $0.loopEnds(channel: worker.channelStatus) }
            if let alarm = end.alarm { setAlarm(at: alarm, in: &group) }
            if !end.looksAgain { await lock.waitForWake() }
        }
    }

    /// Does what is due by the time, or by a signal.
    private mutating func lookAround(at now: Duration, in group: inout DiscardingTaskGroup) async {
        let work = lock.state.withLock {
            $0.timersFired(at: now, reportsProgress: worker.core.events.wants(.progressed))
        }
        for execution in work.stopped { execution.cancel(.shuttingDown) }
        if !work.unresponsive.isEmpty { warn(of: work.unresponsive) }
        for execution in work.timedOut {
            execution.timeOut(at: now)
            // Between two attempts, or with a limit that has just been changed, it goes on.
            if execution.cancellation == nil { lock.state.withLock { $0.jobs.watch(execution) } }
        }
        if !work.progress.isEmpty {
            group.addTask { [core = worker.core] in await ProgressReports(core: core).report(work.progress) }
        }
        await worker.renewLease(at: now)
        await worker.endExpired(at: now)
        await fireSchedules(at: now)
        await worker.stopRequested()
        await worker.readPauses()
        await worker.findLostClaims()
        startLastAttempt(in: &group)
    }

    private func warn(of unresponsive: [Execution]) {
        let names = unresponsive.prefix(5).map { "\($0.job.id) \($0.job.type)" }.joined(separator: ", ")
        worker.log.log(
            .warning,
            """
            the queue can't end: asked to stop \(StopState.patience) ago, jobs go on, \(unresponsive.count) in all: \
            \(names)
            """)
    }

    private mutating func fireSchedules(at now: Duration) async {
        guard lock.state.withLock({ $0.schedulesDue(at: now) }) else { return }
        let look = await scheduler.fireDue()
        if look.hasFired { worker.wake() }
        lock.state.withLock { $0.schedules.done(next: look.next, isRetrying: look.isRetrying) }
    }

    // MARK: Child tasks

    private func fillVacancies(in group: inout DiscardingTaskGroup) {
        for _ in 0..<lock.state.withLock({ $0.members.takeVacancies() }) {
            group.addTask { [worker] in
                await WorkerTasks(lock: worker.lock).serve {
                    await AttemptRunner(worker: worker).perform($0)
                } turn: {
                    await worker.turnByMember()
                }
            }
        }
    }

    /// Stores the very batch whose turn failed, or splits it until its bad item is alone, beside the loop: time
    /// limits, leases and stops go on.
    private func startRecovery(in group: inout DiscardingTaskGroup) {
        guard let error = lock.state.withLock({ $0.recovery.begin() }) else { return }
        group.addTask { [worker] in
            await worker.consumer.recover(after: error)
            worker.lock.send { $0.recoveryEnded() }
        }
    }

    /// Takes a batch that can't be stored from its recovery when the time for a stop is up.
    private func startLastAttempt(in group: inout DiscardingTaskGroup) {
        guard lock.state.withLock({ $0.lastAttemptBegins() }) else { return }
        group.addTask { [worker] in
            let items = await worker.channel.drain(within: worker.core.configuration.shutdownTimeLimit)
            for item in items { item.giveUp() }
            worker.lock.send { $0.lastAttemptEnded(unstored: items.map(\.completion.id)) }
        }
    }

    private func setAlarm(at instant: Duration, in group: inout DiscardingTaskGroup) {
        group.addTask { [worker] in
            try? await worker.ticker.sleep(instant)
            worker.lock.send { $0.loop.send() }
        }
    }
}
