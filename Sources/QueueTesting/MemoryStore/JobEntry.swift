import QueueModel
import QueueStoreKit

/// A job with the data that its record leaves out.
struct JobEntry: Sendable {
    var record: JobRecord
    /// All its dependencies, by id.
    var dependencies: [JobID] = []
    /// Those of ``dependencies`` that still block it.
    var openDependencies: Set<JobID> = []
    var dependencyPolicy: Dependency.Policy = .cancel
    /// Its children that have not ended.
    var openChildren: Set<JobID> = []
    /// Whether it had children since it began to execute or, most recently, to finalize: it finalizes before it
    /// completes.
    var hadChildren = false
    /// The failure of a child because of which this running job fails when its attempt ends.
    var childFailure: JobFailure?
    /// Whether a copy of the job is submitted when it ends.
    var runsOnceMore = false
    /// The number of crashes in which it was the only suspect running.
    var soloCrashes = 0
    var attempts: [JobRecord.Attempt] = []
    /// When it was preempted; `nil` if it is not preempted now.
    var preemptedAt: Timestamp?
    /// The milliseconds for which it has been preempted since it was first due.
    var preemptedFor: Int64 = 0

    /// The facts that decide how the end of an attempt is recorded.
    var finishFacts: FinishFacts {
        FinishFacts(
            isRunning: record.state == .running, attempt: record.attempt, worker: record.worker,
            cancelRequestedAt: record.cancelRequestedAt, childFailure: childFailure, hadChildren: hadChildren,
            openChildren: openChildren.count)
    }

    /// Makes the job pending again, to finalize.
    mutating func finalize() {
        record.state = .pending
        record.phase = .finalize
        hadChildren = false
    }

    /// Records the beginning of the current attempt.
    mutating func openAttempt(at now: Timestamp) {
        attempts.append(
            JobRecord.Attempt(number: record.attempt, worker: record.worker, startedAt: now, endedAt: nil, failure: nil)
        )
    }

    /// Records the end of the current attempt.
    mutating func closeAttempt(startedAt: Timestamp? = nil, endedAt: Timestamp, _ failure: JobFailure?) {
        guard var attempt = attempts.popLast() else { return }
        if let startedAt { attempt.startedAt = startedAt }
        attempt.endedAt = endedAt
        attempt.failure = failure
        attempts.append(attempt)
    }

    /// Returns a job from preemption to the pending jobs.
    mutating func endPreemption(at now: Timestamp) {
        let span = preemptedAt.map { now.since($0).wholeMilliseconds } ?? 0
        preemptedFor += max(span, 0)
        preemptedAt = nil
        record.state = .pending
    }
}

extension JobRecord {
    /// Whether the job's expiry time has come.
    func hasExpired(at now: Timestamp) -> Bool {
        expiresAt.map { $0 <= now } ?? false
    }

    /// Whether the job ran in two crashes or more, and therefore runs alone among such jobs.
    var isSuspect: Bool { crashes >= 2 }
}
