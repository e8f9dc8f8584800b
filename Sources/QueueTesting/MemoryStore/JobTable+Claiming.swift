import QueueModel
import QueueStoreKit

extension JobTable {
    /// Returns the job that a claim takes next, and its rank; its expiry is not checked.
    ///
    /// - Parameters:
    ///   - passed: Jobs that are ignored.
    ///   - least: The least urgent priority that is considered.
    func next(
        _ admission: inout Admission, ignoring passed: Set<JobID> = [], upTo least: Priority = .idle
    ) -> (entry: JobEntry, rank: Admission.Rank)? {
        var best: (entry: JobEntry, rank: Admission.Rank)?
        for id in index.ready.candidates(ignoring: passed) {
            guard let entry = entries[id], entry.record.priority <= least, admission.claims(entry.record.type) else {
                continue
            }
            admission.prepare(entry.record)
            guard admission.block(of: entry.record) == nil else { continue }
            let rank = admission.rank(of: entry)
            if best.map({ rank < $0.rank }) ?? true { best = (entry, rank) }
        }
        return best
    }

    /// Returns what blocks each lane of which no job can be claimed.
    func blocks(in admission: Admission) -> [Gate.Block] {
        index.ready.candidates().compactMap { id in
            guard let record = entries[id]?.record, admission.claims(record.type) else { return nil }
            return admission.block(of: record)
        }
    }

    /// Returns the number of jobs that lack only a slot and for which others are preempted: at most as many as the
    /// worker runs less urgent jobs.
    ///
    /// They are counted as a claim would take them, so that two that exclude each other cost one slot.
    func preemptors(for request: ClaimRequest, _ admission: Admission) -> Int {
        guard let priority = request.preemptsAt else { return 0 }
        let victims = runningRecords.count { $0.worker == request.worker && $0.priority > priority }
        var admission = admission
        var passed: Set<JobID> = []
        var count = 0
        while count < victims, let (entry, rank) = next(&admission, ignoring: passed, upTo: priority) {
            passed.insert(entry.record.id)
            if entry.record.hasExpired(at: admission.now) { continue }
            admission.start(entry.record, as: rank)
            count += 1
        }
        return count
    }

    /// Returns the priority of each lane of ready jobs in groups.
    func readyPriorities(in groups: Set<String>) -> [Priority] {
        index.ready.candidates().compactMap { id in
            guard let record = entries[id]?.record, let group = record.group, groups.contains(group) else { return nil }
            return record.priority
        }
    }

    /// Whether a group has a free slot under its limit for all workers; a group without one has none.
    func hasFreeSlot(in group: String, under rules: AdmissionRules) -> Bool {
        guard let limit = rules.sharedLimit(ofGroup: group) else { return false }
        return index.running.keys.count { entries[$0]?.record.group == group } < limit
    }
}
