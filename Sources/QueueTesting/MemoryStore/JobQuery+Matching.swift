import QueueModel
import QueueStoreKit

extension JobQuery {
    /// Whether a job meets every condition that the query sets.
    func matches(_ record: JobRecord) -> Bool {
        if let ids, !ids.contains(record.id) { return false }
        if !states.isEmpty, !states.contains(record.state) { return false }
        if !types.isEmpty, !types.contains(record.type) { return false }
        if let domain, !record.type.rawValue.hasPrefix(domain + ".") { return false }
        if let group, record.group != group { return false }
        if let priorities, !priorities.contains(record.priority) { return false }
        if !tags.allSatisfy(record.tags.contains) { return false }
        if !anyTags.isEmpty, !anyTags.contains(where: record.tags.contains) { return false }
        if let range = tagKeyPrefix.map(PrefixRange.init), !record.tags.contains(where: { range.contains($0.key) }) {
            return false
        }
        if let key, record.key != key { return false }
        if let parent, record.parent != parent { return false }
        if let submitted, !submitted.contains(record.submittedAt) { return false }
        if let finished, !(record.finishedAt.map(finished.contains) ?? false) { return false }
        return order != .lastFinishedFirst || record.state.isTerminal
    }
}
