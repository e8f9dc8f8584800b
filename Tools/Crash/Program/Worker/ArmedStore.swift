import CrashAudit
import QueueModel
import QueueStoreKit
import QueueTesting
import Synchronization

/// A store that kills its process at a point, before a call reaches the file or after it has committed and before
/// anybody knows; and that tells which jobs each turn handed out.
final class ArmedStore: ForwardingStore {
    let base: any JobStore
    private let trap: Trap
    private let log: any LoadLog
    private let mistake: Mistake?
    private let earlier = Mutex<JobRecord?>(nil)

    init(_ base: any JobStore, _ trap: Trap, _ log: any LoadLog, mistake: Mistake?) {
        self.base = base
        self.trap = trap
        self.log = log
        self.mistake = mistake
    }

    func recover(at now: HostTime, maximumCrashes: Int) async throws(QueueError) -> [JobChange] {
        trap.reach(.beforeRecovery)
        let changes = try await base.recover(at: now, maximumCrashes: maximumCrashes)
        trap.reach(.afterRecovery)
        return changes
    }

    func submit(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome {
        trap.reach(.beforeSubmission)
        if mistake == .acknowledgesTooEarly { return try await submitTooLate(submission, at: now) }
        let outcome = try await base.submit(submission, at: now)
        trap.reach(.afterSubmission)
        return outcome
    }

    func submit(
        contentsOf batch: [JobSubmission], at now: Timestamp
    ) async throws(QueueError) -> [SubmitOutcome] {
        trap.reach(.beforeBatch)
        let outcomes = try await base.submit(contentsOf: batch, at: now)
        trap.reach(.afterBatch)
        return outcomes
    }

    func turn(
        finishing completions: [Completion], claiming request: ClaimRequest?, at now: Timestamp
    ) async throws(QueueError) -> TurnResult {
        trap.reach(completions.isEmpty ? .beforeClaim : .beforeEnds)
        var request = request
        if mistake == .forgetsGroupLimits { request?.rules.groups = [:] }
        let began = System.now()
        var result: TurnResult
        if mistake == .tellsOfEndsTooEarly, !completions.isEmpty {
            result = try await base.turn(finishing: [], claiming: request, at: now)
            result.outcomes = completions.map { _ in .recorded(.completed) }
        } else {
            result = try await base.turn(finishing: completions, claiming: request, at: now)
        }
        if mistake == .handsOutTwice { repeatClaim(in: &result) }
        trap.reach(completions.isEmpty ? .afterClaim : .afterEnds)
        if !result.claimed.isEmpty {
            log.write(
                .claimed(
                    since: began,
                    result.claimed.map { .init(id: $0.id, attempt: $0.attempt, priority: $0.priority) }))
        }
        return result
    }

    func fire(_ firings: [ScheduleFiring], at now: Timestamp) async throws(QueueError) -> [FiringOutcome] {
        trap.reach(.beforeFiring)
        let outcomes = try await base.fire(firings, at: now)
        trap.reach(.afterFiring)
        return outcomes
    }

    func cancel(_ id: JobID, at now: Timestamp) async throws(QueueError) -> CancelOutcome {
        trap.reach(.beforeCancellation)
        let outcome = try await base.cancel(id, at: now)
        trap.reach(.afterCancellation)
        return outcome
    }

    func flush() async throws(QueueError) {
        trap.reach(.beforeCheckpoint)
        try await base.flush()
        trap.reach(.afterCheckpoint)
    }

    // MARK: Mistakes

    /// Reports a job as stored before it is.
    private func submitTooLate(_ submission: JobSubmission, at now: Timestamp) async throws(QueueError) -> SubmitOutcome
    {
        let outcome = try await base.submit(submission, at: now)
        guard case .inserted(let id, changes: _) = outcome else { return outcome }
        // The same as a commit that comes later, where the process is killed in between.
        if case .cancelled = try await base.cancel(id, at: now) { _ = try await base.deleteEnded(id) }
        return outcome
    }

    /// Hands out a job again that an earlier turn did.
    private func repeatClaim(in result: inout TurnResult) {
        let again = earlier.withLock { earlier in
            defer { earlier = result.claimed.first ?? earlier }
            return earlier
        }
        if let again, !result.claimed.isEmpty { result.claimed.append(again) }
    }
}
