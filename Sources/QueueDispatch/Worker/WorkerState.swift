import QueueModel
import QueueStoreKit

/// Everything that one worker knows and decides, as a value: events in, actions out.
///
/// Its functions are told what has happened and return what to do: jobs to cancel, a turn to run, tasks to resume.
/// None of them waits, looks at a clock, takes a lock or calls a store. ``Worker`` keeps one under a lock and carries
/// out the actions outside of it; tests use it with plain integers for waiters.
///
/// It is made of values with one concern each, and its own functions are the events that concern several of them:
///
/// | Part | Concern |
/// |---|---|
/// | ``RunningJobs`` | slots, requests to stop, preemption, time limits |
/// | ``Members`` | worker tasks, the jobs that wait for one, completions that wait for a turn |
/// | ``TurnOwnership`` | one turn at a time |
/// | ``WakeSignal`` | waking the loop |
/// | ``ClaimState`` | whether and how much to claim |
/// | ``RecoveryState`` | a batch whose turn failed |
/// | ``StopState`` | how far a stop has come |
/// | ``LeaseState`` | the lease, and what is left under it |
/// | ``ScheduleWatch`` | when to look at schedules |
/// | ``WorkerTimers`` | what else is due when |
///
/// A turn, with everything else that may happen meanwhile:
///
/// | State | Event | State | Action |
/// |---|---|---|---|
/// | no turn | `memberBeginsTurn`, `loopBegins` | a turn has an owner | take a batch and `planTurn` |
/// | turn | `planTurn`: nothing to store or to ask | turn | skip to `memberEndsTurn`, `loopEnds` |
/// | turn | `planTurn` with a batch or a limit | turn | call the store |
/// | turn | `turnDone` | turn | report, start what was claimed, preempt |
/// | turn | `turnFailed` with a batch | turn, recovery requested | the loop recovers the batch |
/// | turn | `turnFailed` without one | turn, retry timer set | the loop tries again |
/// | turn | `attemptEnded` | turn | nobody is woken: the owner looks at its end |
/// | turn | `memberEndsTurn`, completions wait | no turn | the member looks for a job or a turn next |
/// | turn | `memberEndsTurn`, loop is needed | no turn, or the loop's | the loop is woken |
/// | turn | `loopEnds` | no turn | sleep until the next alarm or signal |
struct WorkerState<Job: WorkerJob, Waiter: Sendable>: Sendable {
    typealias Arrival = Members<Job, Waiter>.Arrival
    typealias Step = Members<Job, Waiter>.Step

    let settings: WorkerSettings
    var jobs = RunningJobs<Job>()
    var members = Members<Job, Waiter>()
    var turn = TurnOwnership()
    var loop = WakeSignal<Waiter>()
    var claims = ClaimState()
    var recovery = RecoveryState()
    var stop = StopState()
    var lease = LeaseState()
    var schedules = ScheduleWatch()
    /// Whether pauses were changed since the loop read them.
    var pauses = ChangeFlag(isSet: true)
    var pruning = PruneCounter()
    var timers: WorkerTimers

    init(settings: WorkerSettings) {
        self.settings = settings
        timers = WorkerTimers(poll: settings.poll, expiry: settings.expiry)
    }

    /// The first lease was opened: from now on jobs can be claimed.
    mutating func leaseOpened(_ lease: WorkerID, at now: Duration) {
        self.lease.open(lease, renewal: now + settings.leaseRenewal)
        timers = WorkerTimers(poll: now + settings.poll, expiry: now + settings.expiry)
    }

    // MARK: Signals from outside

    /// A job may have become claimable, at best with a priority; returns the loop to wake.
    ///
    /// With all slots taken nobody is woken: the next completion makes a turn in any case.
    mutating func workSignalled(_ priority: Priority, concurrency: Int) -> Waiter? {
        claims.mayHaveWork = true
        if stop.phase == .running, jobs.freeSlots(of: concurrency) > 0 { return loop.send() }
        guard let threshold = settings.preemptsAt, priority <= threshold else { return nil }
        claims.mayPreempt = true
        return loop.send()
    }

    /// Pauses were stored or lifted; returns the loop to wake.
    mutating func pausesChanged() -> Waiter? {
        claims.mayHaveWork = true
        pauses.note()
        return loop.send()
    }

    /// Schedules were changed; returns the loop to wake.
    mutating func schedulesChanged() -> Waiter? {
        schedules.note()
        return loop.send()
    }

    /// The store asked jobs to stop; returns the loop to wake.
    mutating func stopRequested(of ids: [JobID]) -> Waiter? {
        jobs.requestStop(of: ids)
        return loop.send()
    }

    /// The worker is to stop, and to cancel what still runs at the deadline; returns the loop to wake if this is
    /// news.
    mutating func stopAsked(deadline: Duration) -> Waiter? {
        stop.ask(deadline: deadline) ? loop.send() : nil
    }

    /// The time limit of a running job has changed; returns the loop to wake.
    mutating func limitChanged(of job: Job, isFirst: Bool) -> Waiter? {
        if isFirst { jobs.watch(job) }
        return loop.send()
    }

    // MARK: Members

    /// Decides what a member does next, and returns the member or the loop to wake besides.
    mutating func memberLooks(_ arrival: Arrival) -> (step: Step, wake: Waiter?) {
        let (step, wake) = members.look(arrival)
        return (step, wake.member ?? (wake.needsLoop ? loop.send() : nil))
    }

    /// A member was cancelled and leaves; returns the member or the loop to wake for the completions that it leaves.
    mutating func memberLeaves() -> Waiter? {
        let wake = members.leave()
        return wake.member ?? (wake.needsLoop ? loop.send() : nil)
    }

    // MARK: Attempts

    /// An executor has returned, and its completion is in the channel: one step, so that nobody takes the worker for
    /// idle in between.
    ///
    /// The member that ran the job looks for more to do next, and finds the completion. While a turn runs, its owner
    /// finds it at the turn's end.
    mutating func attemptEnded(_ job: Job) {
        jobs.end(job)
        if turn.owner == .nobody, !recovery.isStoringBeside { members.noteCompletions() }
    }

    /// A failed attempt whose job goes on in place is in the channel; returns the loop to wake for it.
    ///
    /// The job's member is busy, so it is left to the loop, unless somebody is at it already.
    mutating func attemptSent() -> Waiter? {
        guard turn.owner == .nobody, !recovery.isStoringBeside, !members.hasCompletions else { return nil }
        members.noteCompletions()
        return loop.send()
    }

    /// A job was given up, since one of its attempts could not be recorded; returns the loop to wake.
    ///
    /// It may still be this worker's in the store, if only the answer was lost.
    mutating func jobGivenUp(_ job: Job) -> Waiter? {
        jobs.end(job)
        claims.mayHaveWork = true
        claims.hasGivenUp = true
        return loop.send()
    }
}
