import QueueModel
import QueueStoreKit

/// What a pass of the loop has to do because of the time.
struct LoopWork<Job: WorkerJob>: Sendable {
    /// Jobs to cancel, since a stop has come to that.
    var stopped: [Job] = []
    /// Jobs to report that still run long after they were cancelled.
    var unresponsive: [Job] = []
    /// Jobs that have reached their time limit.
    var timedOut: [Job] = []
    /// Jobs whose progress is reported now.
    var progress: [Job] = []
}

/// The events of the loop: what only it can do, between two turns.
///
/// A pass asks for each in this order: `timersFired`, the lease's renewal, expired jobs, `schedulesDue`, the requests
/// to stop, changed pauses, `doubtfulClaims`, `lastAttemptBegins`; then it runs a turn, fills vacancies and starts a
/// recovery.
extension WorkerState {
    // MARK: Time

    /// Does what has become due, and returns what is to be done for it.
    ///
    /// - Parameter reportsProgress: Whether anybody listens to progress.
    mutating func timersFired(at now: Duration, reportsProgress: Bool) -> LoopWork<Job> {
        timers.ring(at: now)
        if timers.poll <= now {
            timers.poll = now + settings.poll
            claims.mayHaveWork = true
        }
        // An instant in the past would ring at once, again and again, while there is no slot to claim for.
        _ = WorkerTimers.elapse(&timers.claimRetry, at: now)
        if WorkerTimers.elapse(&timers.nextDue, at: now) { claims.mayHaveWork = true }
        if WorkerTimers.elapse(&timers.loadCheck, at: now) { claims.mayHaveWork = true }
        if WorkerTimers.elapse(&timers.pauseEnd, at: now) {
            claims.mayHaveWork = true
            pauses.note()
        }
        var work = LoopWork<Job>()
        if stop.advance(at: now, isBusy: !jobs.isEmpty) { work.stopped = jobs.sorted }
        if stop.takeOverdue(at: now) { work.unresponsive = jobs.sorted }
        work.timedOut = jobs.expire(at: now)
        let reports = timers.progressDue(
            at: now, isWanted: reportsProgress, isBusy: !jobs.isEmpty, every: settings.progress)
        if reports { work.progress = jobs.sorted }
        return work
    }

    /// When the loop has to look next, whatever happens until then.
    var nextInstant: Duration {
        var next = timers.next
        if let deadline = jobs.nextDeadline { next = min(next, deadline) }
        if let alarm = stop.nextAlarm { next = min(next, alarm) }
        if let renewal = lease.renewal { next = min(next, renewal) }
        if let look = schedules.next { next = min(next, look) }
        return next
    }

    /// Whether there is something to do that only the loop can.
    var needsLoop: Bool {
        if recovery.isRequested || claims.fatalError != nil || claims.isInDoubt || members.vacancies > 0 { return true }
        if timers.needsAlarm(at: nextInstant) { return true }
        // Whether all is done is for the loop to say.
        return (settings.endsWhenIdle || stop.phase != .running) && jobs.isEmpty
    }

    // MARK: Lease and schedules

    /// A new lease was opened in place of a lost one; nothing of the old one is this worker's any more.
    mutating func leaseReplaced(by lease: WorkerID) {
        self.lease.open(lease)
        claims.isInDoubt = false
        claims.mayHaveWork = true
    }

    /// Returns whether it is time to look at schedules.
    mutating func schedulesDue(at now: Duration) -> Bool {
        schedules.isDue(at: now, isStopping: stop.phase != .running, every: settings.poll)
    }

    // MARK: Claims in doubt

    /// Returns the jobs that are known to be this worker's, if there may be others and it is possible to say; all
    /// others that the store has for it are lost claims.
    ///
    /// A completion on its way to the store is of a job that has left the list, and that the store has still. What is
    /// left when the worker stops goes back when its lease is given back, or ends.
    mutating func doubtfulClaims(channel: ChannelStatus) -> Set<JobID>? {
        guard claims.takeDoubt(), timers.claimRetry == nil, stop.phase == .running, !recovery.isActive,
            channel.uncommitted == 0
        else { return nil }
        return lease.leftToRecovery.union(jobs.byID.keys)
    }

    /// Lost claims were found, or there are none.
    ///
    /// - Parameter lost: The lost jobs that run here from now on.
    mutating func lostClaimsFound(_ lost: [Job]) {
        claims.isInDoubt = false
        for job in lost { jobs.start(job) }
    }

    // MARK: Recovery

    /// Returns, once, that what cannot be stored is to be tried for the last time: the time for a stop is over, and a
    /// recovery would go on for ever.
    mutating func lastAttemptBegins() -> Bool {
        stop.phase == .cancelling && recovery.beginLastAttempt()
    }

    /// The last attempt is over; returns the loop to wake.
    mutating func lastAttemptEnded(unstored ids: [JobID]) -> Waiter? {
        recovery.endLastAttempt(unstored: ids)
        return loop.send()
    }

    /// The failed batch is settled, or was taken over; returns the loop to wake.
    mutating func recoveryEnded() -> Waiter? {
        recovery.end()
        return loop.send()
    }
}
