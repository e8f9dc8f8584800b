import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Puts the jobs that were set aside back into their places, unless one for which they were runs, or is ready and the worker's to
    /// claim (rule D7).
    ///
    /// Whether it may start makes no difference, unless it lies under a hold: else they would be set aside anew when it may.
    mutating func endPreemption(for request: ClaimRequest, at now: Timestamp, _ effects: inout Effects) {
        let admission = Admission(request.rules, worker: request.worker, in: self, at: now)
        // Nothing is claimed while the queue is held.
        if admission.isQueuePaused { return }
        if let priority = request.preemptsAt {
            if runningJobs.contains(where: { $0.priority <= priority }) { return }
            for id in ready.candidates() {
                guard let record = entries[id]?.record, record.priority <= priority else { continue }
                if admission.claims(record.type), !admission.isPaused(record) { return }
            }
        }
        for id in paused.keys {
            update(id, at: now) {
                let span = $0.pausedAt.map { now.since($0).wholeMilliseconds } ?? 0
                $0.pausedFor += max(span, 0)
                $0.pausedAt = nil
                $0.record.state = .pending
            }
            if let record = entries[id]?.record { effects.noteWork(record.priority) }
        }
    }

    /// How many jobs only lack a slot that others are set aside for: at most as many as the worker runs less urgent ones.
    ///
    /// They are counted as a claim would take them, so that two that can't run beside each other cost one slot.
    func preemptors(for request: ClaimRequest, _ admission: Admission) -> Int {
        guard let priority = request.preemptsAt else { return 0 }
        let victims = runningJobs.count { $0.worker == request.worker && $0.priority > priority }
        var admission = admission
        var passed: Set<JobID> = []
        var count = 0
        while count < victims, let (entry, standing) = next(&admission, leavingOut: passed, upTo: priority) {
            passed.insert(entry.record.id)
            if entry.record.hasExpired(at: admission.now) { continue }
            admission.start(entry.record, as: standing)
            count += 1
        }
        return count
    }
}
