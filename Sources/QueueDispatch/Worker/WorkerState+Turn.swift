import QueueCompletion
import QueueModel
import QueueStoreKit

/// The state of the completion channel when a decision is made.
struct ChannelStatus: Hashable, Sendable {
    /// Completions that were sent and are not settled.
    var uncommitted = 0
    /// Whether these are so many that nothing may be claimed.
    var isHoldingBack = false
}

/// What a turn does, and whether the worker is done.
struct TurnPlan: Hashable, Sendable {
    /// The lease under which jobs are claimed, and their number; 0: only whether others have to be preempted.
    struct Claim: Hashable, Sendable {
        var lease: WorkerID
        var limit: Int
    }

    /// The jobs to ask for; `nil`: nothing is asked.
    var claim: Claim?
    /// Whether the turn has something to do.
    var runs: Bool
    /// Whether nothing may be claimed because too much waits to be stored.
    var isHeldBack: Bool
    /// Whether the worker is done and may end.
    var isOver: Bool
}

/// What the store answered to a turn, as far as decisions depend on it.
struct TurnAnswer<Job: WorkerJob>: Sendable {
    /// The number of completions that were stored.
    var stored: Int
    /// The number of jobs that the store has claimed.
    var claimed: Int
    /// Those of them that run here.
    var started: [Job]
    /// When the next job becomes due; `nil`: none waits.
    var nextDue: Duration?
    var isHeldByLoad = false
    /// Urgent jobs that only lack a slot.
    var preemptors = 0
}

/// What follows from a turn's answer.
struct TurnActions<Job: WorkerJob>: Sendable {
    /// Running jobs to preempt.
    var preempted: [Job] = []
    /// Whether enough jobs have ended that old ones are to be deleted.
    var prunes = false
}

/// What follows from a failed turn.
enum TurnFailure: Hashable, Sendable {
    /// The loop goes on, with its next pass at the latest.
    case goOn
    /// A new lease is to be opened in place of the lost one.
    case replaceLease
    /// The claim is tried again after a delay.
    case retry(Duration)
    /// The worker stops, since the error will not pass.
    case stop(deadline: Duration)
}

/// The events of a turn.
extension WorkerState {
    // MARK: Ownership

    /// A member is about to run a turn; `false` if one is in progress, and the loop runs another afterwards.
    mutating func memberBeginsTurn() -> Bool {
        turn.takeForMember()
    }

    /// The loop is about to look around; `false` if a member runs a turn, which wakes the loop at its end.
    mutating func loopBegins() -> Bool {
        turn.takeForLoop()
    }

    // MARK: Planning

    /// Decides what a turn does that has taken a batch, and whether all is done.
    ///
    /// To be called under the lock under which an attempt ends and its completion is sent, with the channel's status
    /// read under it: in between, the worker would seem idle.
    mutating func planTurn(finishing count: Int, concurrency: Int, channel: ChannelStatus) -> TurnPlan {
        members.takeCompletions()
        let mayClaim =
            !channel.isHoldingBack && timers.claimRetry == nil && !recovery.isActive && !claims.isInDoubt
            && stop.phase == .running && lease.id != nil
        let limit = claims.limit(free: mayClaim ? jobs.freeSlots(of: concurrency) : nil, finishing: count > 0)
        let isQuiet =
            jobs.isEmpty && channel.uncommitted == 0 && !recovery.isStoringBeside
        let nothingDue = timers.nextDue == nil && timers.loadCheck == nil && !schedules.isRetrying
        let isIdle = isQuiet && limit == nil && !claims.mayHaveWork && !claims.isInDoubt && nothingDue
        let claim = lease.id.flatMap { lease in limit.map { TurnPlan.Claim(lease: lease, limit: $0) } }
        return TurnPlan(
            claim: claim, runs: count > 0 || limit != nil, isHeldBack: channel.isHoldingBack,
            isOver: stop.phase == .running ? settings.endsWhenIdle && isIdle : isQuiet)
    }

    // MARK: The answer

    /// The store has answered: completions are stored and reported, jobs are claimed and take their slots.
    ///
    /// - Parameter limit: The number of jobs that was asked for; `nil`: nothing was.
    mutating func turnDone(_ answer: TurnAnswer<Job>, limit: Int?, at now: Duration) -> TurnActions<Job> {
        claims.succeeded()
        timers.claimRetry = nil
        pruning.add(answer.stored)
        if let limit {
            timers.nextDue = answer.nextDue
            timers.loadCheck = answer.isHeldByLoad ? now + settings.loadCheck : nil
            // A full answer may have left more behind; a batch may have freed what it could not see.
            if answer.claimed == limit { claims.mayHaveWork = true }
        }
        for job in answer.started { jobs.start(job) }
        var actions = TurnActions<Job>(prunes: pruning.isDue)
        if limit != nil, let threshold = settings.preemptsAt, answer.preemptors > 0 {
            actions.preempted = jobs.victims(for: answer.preemptors, above: threshold)
        }
        return actions
    }

    /// Claimed jobs are reported and may begin; returns the member to wake for them.
    mutating func jobsReady(_ ready: [Job], watching limited: [Job], byMember: Bool) -> Waiter? {
        for job in limited { jobs.watch(job) }
        return members.add(ready, byMember: byMember)
    }

    /// The store has failed; decides what becomes of the batch and of the claim.
    mutating func turnFailed(
        _ error: QueueError, hadBatch: Bool, hadClaim: Bool, at now: Duration
    ) -> TurnFailure {
        claims.mayHaveWork = true
        let hasLostLease = error.code == .leaseLost
        if !hasLostLease { claims.isInDoubt = true }
        if hadBatch {
            // A turn that claimed as well does not say what was at fault: then the batch is stored alone before it is
            // judged.
            var error = error
            error.isTransient = error.isTransient || hadClaim
            recovery.request(after: error)
            return hasLostLease ? .replaceLease : .goOn
        }
        if hasLostLease { return .replaceLease }
        if error.isTransient { return .retry(claimFailed(at: now)) }
        claims.fatalError = error
        return .stop(deadline: now + settings.shutdownTimeLimit)
    }

    /// A claim, or a new lease, has failed for now; returns the delay after which it is tried again.
    mutating func claimFailed(at now: Duration) -> Duration {
        let delay = settings.backoff.delay(afterFailures: claims.failed())
        timers.claimRetry = now + delay
        return delay
    }

    // MARK: The end of a turn

    /// A member's turn is over; returns the loop to wake, if there is something that only the loop can do.
    ///
    /// Completions that came meanwhile are the loop's if it gets the turn; else the member finds them, which looks
    /// next.
    mutating func memberEndsTurn(_ plan: TurnPlan, channel: ChannelStatus) -> Waiter? {
        // A turn that has stored so much that claims are possible again could not claim itself.
        let isNeeded = needsLoop || plan.isHeldBack && !channel.isHoldingBack
        let isAwaited = turn.release()
        if !isAwaited, channel.uncommitted > 0, !recovery.isStoringBeside { members.noteCompletions() }
        return isAwaited || isNeeded ? loop.send() : nil
    }

    /// What the loop does at the end of a pass that found nothing to do.
    struct LoopEnd: Hashable, Sendable {
        /// The instant at which the loop has to be woken, if an alarm has to be set for it.
        var alarm: Duration?
        /// Whether the loop looks again at once; otherwise it sleeps until it is woken.
        var looksAgain: Bool
    }

    /// The loop has found nothing to do, and gives up the turn, unless somebody found it taken or left completions
    /// meanwhile.
    mutating func loopEnds(channel: ChannelStatus) -> LoopEnd {
        let next = nextInstant
        let alarm = timers.setAlarm(at: next) ? next : nil
        if channel.uncommitted > 0, !recovery.isStoringBeside { return LoopEnd(alarm: alarm, looksAgain: true) }
        return LoopEnd(alarm: alarm, looksAgain: turn.release())
    }
}
