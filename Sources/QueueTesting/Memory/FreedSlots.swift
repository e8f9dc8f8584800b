import QueueModel
import QueueStoreKit

extension MemoryState {
    /// Gives word of work if a slot of a shared limit has come free for which another worker may wait (rules D3, S9).
    ///
    /// - Parameters:
    ///   - groups: Groups of which a job has ended to run.
    ///   - rules: Those of the worker at work, which has claimed already; without them any group may have a limit.
    ///   - present: How many workers need not be told: the one at work, which looks for itself.
    func tellOfFreedSlots(
        in groups: Set<String>, under rules: AdmissionRules?, present: Int = 1, _ effects: inout Effects
    ) {
        guard workers.count > present else { return }
        let free = groups.filter { group in rules.map { hasFreeSlot(in: group, under: $0) } ?? true }
        for id in ready.candidates() {
            if let record = entries[id]?.record, record.group.map(free.contains) ?? false {
                effects.noteWork(record.priority)
            }
        }
    }

    private func hasFreeSlot(in group: String, under rules: AdmissionRules) -> Bool {
        guard let limit = rules.sharedLimit(ofGroup: group) else { return false }
        return running.keys.count { entries[$0]?.record.group == group } < limit
    }

    /// The groups of jobs.
    func groups(of ids: some Sequence<JobID>) -> Set<String> {
        Set(ids.compactMap { entries[$0]?.record.group })
    }

    /// Whether a job runs.
    func isRunning(_ id: JobID) -> Bool { entries[id]?.record.state == .running }
}
