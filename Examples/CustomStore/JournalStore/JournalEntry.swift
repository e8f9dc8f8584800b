import QueueModel
import QueueStoreKit
import QueueTesting

/// One call that may change a store, with all that it was given: what the journal consists of.
///
/// The state of a store follows from the calls that it has got, one after the other; so a journal that has them all has
/// the state too. That holds because a ``MemoryJobStore`` has no clock and no chance of its own: the same calls in the
/// same order lead to the same state, and a call that was refused the first time is refused again.
enum JournalEntry: Codable, Sendable {
    case submit([JobSubmission], isBatch: Bool, at: Timestamp)
    case openWorker(lease: Duration, at: HostTime, process: ProcessMark)
    case renewLease(WorkerID, at: HostTime)
    case closeWorker(WorkerID, at: Timestamp)
    case workerDied(WorkerID, hostWentDown: Bool)
    case recover(at: HostTime, maximumCrashes: Int)
    case turn([JournaledCompletion], JournaledClaim?, at: Timestamp)
    case saveCheckpoint([UInt8]?, JobID, attempt: Int)
    case cancel(JobID, at: Timestamp)
    case resubmit(JobID, at: Timestamp)
    case apply(BulkAction, to: JobQuery, from: JobQuery.BulkCursor?, limit: Int, at: Timestamp)
    case pause(Pause, at: Timestamp)
    case resume(Pause.Target, reason: String?, at: Timestamp)
    case deleteEnded(JobID)
    case resetStatistics(JobType?)
    case prune(RetentionPolicy, limit: Int, at: Timestamp)
    case expire(limit: Int, at: Timestamp)
    case register(ScheduleID, RecurringJob, first: Timestamp, at: Timestamp)
    case setPaused(Bool, schedule: ScheduleID, at: Timestamp)
    case removeSchedule(ScheduleID, cancellingJob: Bool, at: Timestamp)
    case fire([ScheduleFiring], at: Timestamp)

    /// Repeats the call.
    ///
    /// Its answer or error was returned when it was first made.
    func replay(on state: MemoryJobStore, _ replay: inout Replay) async {
        do throws(QueueError) {
            try await perform(on: state, &replay)
        } catch {
            // The call was refused before and is refused again; it changes nothing.
        }
    }

    private func perform(on state: MemoryJobStore, _ replay: inout Replay) async throws(QueueError) {
        switch self {
        case .submit(let batch, true, let now):
            _ = try await state.submit(contentsOf: batch, at: now)
        case .submit(let batch, false, let now):
            for submission in batch { _ = try await state.submit(submission, at: now) }
        case .openWorker(let lease, let now, let process):
            replay.workers[try await state.openWorker(lease: lease, at: now)] = process
        case .renewLease(let worker, let now):
            _ = try await state.renewLease(of: worker, at: now)
        case .closeWorker(let worker, let now):
            replay.workers[worker] = nil
            try await state.closeWorker(worker, at: now)
        case .workerDied(let worker, let hostWentDown):
            replay.workers[worker] = nil
            state.crash(worker, hostWentDown: hostWentDown)
        case .recover(let now, let maximumCrashes):
            _ = try await state.recover(at: now, maximumCrashes: maximumCrashes)
        case .turn(let completions, let claim, let now):
            if let rules = claim?.rules { replay.rules = rules }
            let request = replay.rules.flatMap { rules in claim.map { $0.request(under: rules) } }
            _ = try await state.turn(finishing: completions.map(\.completion), claiming: request, at: now)
        case .saveCheckpoint(let bytes, let id, let attempt):
            try await state.saveCheckpoint(bytes, of: id, attempt: attempt)
        case .cancel(let id, let now):
            _ = try await state.cancel(id, at: now)
        case .resubmit(let id, let now):
            _ = try await state.resubmit(id, at: now)
        case .apply(let action, let query, let cursor, let limit, let now):
            _ = try await state.apply(action, to: query, from: cursor, limit: limit, at: now)
        case .pause(let pause, let now):
            try await state.pause(pause, at: now)
        case .resume(let target, let reason, let now):
            _ = try await state.resume(target, reason: reason, at: now)
        case .deleteEnded(let id):
            _ = try await state.deleteEnded(id)
        case .resetStatistics(let type):
            try await state.resetStatistics(of: type)
        case .prune(let policy, let limit, let now):
            _ = try await state.prune(policy, limit: limit, at: now)
        case .expire(let limit, let now):
            _ = try await state.expire(limit: limit, at: now)
        case .register(let id, let job, let first, let now):
            _ = try await state.register(id, job, first: first, at: now)
        case .setPaused(let isPaused, let id, let now):
            _ = try await state.setPaused(isPaused, schedule: id, at: now)
        case .removeSchedule(let id, let cancellingJob, let now):
            _ = try await state.remove(schedule: id, cancellingJob: cancellingJob, at: now)
        case .fire(let firings, let now):
            _ = try await state.fire(firings, at: now)
        }
    }
}

/// What is known besides the state while a journal is gone through.
struct Replay: Sendable {
    /// The workers with open leases, with the processes that opened them.
    var workers: [WorkerID: ProcessMark] = [:]
    /// The rules of the last claim.
    var rules: AdmissionRules?
}

/// A completion, and whether it came with effects, which this store refuses: they are code, and a journal keeps data.
struct JournaledCompletion: Codable, Sendable {
    private let plain: Completion
    private let hasEffects: Bool?

    init(_ completion: Completion) {
        plain = completion
        hasEffects = completion.effects.isEmpty ? nil : true
    }

    /// Returns the completion with its effects replaced by one that no store can run.
    var completion: Completion {
        var completion = plain
        completion.effects = hasEffects == true ? [RefusedEffect()] : []
        return completion
    }
}

/// A claim, with its rules only where they differ from those of the claim before: they seldom do, and are long.
struct JournaledClaim: Codable, Sendable {
    let worker: WorkerID
    let limit: Int
    let preemptsAt: Priority?
    let rules: AdmissionRules?

    init(_ request: ClaimRequest, omittingRules isSame: Bool) {
        worker = request.worker
        limit = request.limit
        preemptsAt = request.preemptsAt
        rules = isSame ? nil : request.rules
    }

    /// The request as it was made.
    func request(under rules: AdmissionRules) -> ClaimRequest {
        ClaimRequest(worker: worker, limit: limit, rules: rules, preemptsAt: preemptsAt)
    }
}

/// Stands for effects that were refused.
private final class RefusedEffect: CompletionEffect {}
