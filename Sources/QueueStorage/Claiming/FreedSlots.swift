import QueueModel
import QueueStoreKit

/// Reports slots of shared limits that have come free.
struct FreedSlots: StoreComponent {
    let context: StoreContext

    /// Reports work if a slot of a shared limit has come free for which another worker may wait.
    ///
    /// To be called at the end of an operation that ends runs: what its own claim has taken is no longer free for
    /// others. Jobs without a group, groups without a shared limit and stores with one worker pay nothing for it.
    ///
    /// - Parameters:
    ///   - rules: Those of the worker at work; without them any group may have a limit.
    ///   - present: The number of workers that need no report: the one at work, which looks for itself.
    func report(under rules: AdmissionRules?, present: Int64 = 1) throws(QueueError) {
        if context.lanes.freedGroups.isEmpty { return }
        let freed = context.lanes.takeFreedGroups()
        if context.report.work != nil { return }
        for id in freed {
            if let rules, try !hasFreeSlot(inGroup: id, under: rules) { continue }
            guard let priority = context.lanes.bestReady(inGroup: id) else { continue }
            guard try session.integer(.workerCount) ?? 0 > present else { return }
            context.report.noteWork(priority)
        }
    }

    /// Whether a group has a limit for all workers that is not reached.
    private func hasFreeSlot(inGroup id: Int64, under rules: AdmissionRules) throws(QueueError) -> Bool {
        guard let group = try session.group(id), let limit = rules.sharedLimit(ofGroup: group) else { return false }
        return context.lanes.running.ofGroup[id] ?? 0 < limit
    }
}
