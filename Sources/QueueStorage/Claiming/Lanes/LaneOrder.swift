import QueueModel
import QueueStoreKit

/// The lanes of a domain in the order in which they are claimed: by place, or first by their groups' shares.
struct LaneOrder {
    /// A lane that may come next, with its sort key.
    struct Candidate: Comparable {
        /// The rank of its group; `nil` if shares do not count, or the lane comes before all shares.
        var rank: FairShare<Int64>.Rank?
        var entry: LaneEntry

        static func < (left: Candidate, right: Candidate) -> Bool {
            switch (left.rank, right.rank) {
            case (nil, .some): return true
            case (.some, nil): return false
            case (.some(let mine), .some(let other)) where mine != other: return mine < other
            default: return left.entry < right.entry
            }
        }
    }

    /// A group with its rank and its first place when it was inserted.
    private struct GroupEntry: Comparable {
        var rank: FairShare<Int64>.Rank
        var place: Place
        var group: Int64
        /// Only the last entry of a group counts.
        var serial: UInt64

        static func < (left: GroupEntry, right: GroupEntry) -> Bool {
            left.rank != right.rank ? left.rank < right.rank : left.place < right.place
        }
    }

    private struct Group {
        var lanes = MinHeap<LaneEntry>()
        var serial: UInt64 = 0
    }

    private let isFair: Bool
    /// All lanes if shares do not count, and otherwise those that come before all shares.
    private var lanes = MinHeap<LaneEntry>()
    private var groups: [Int64: Group] = [:]
    private var order = MinHeap<GroupEntry>()
    private var lastSerial: UInt64 = 0
    /// The shares' epoch for which the order of groups was built.
    private var epoch: UInt64 = 0

    init(isFair: Bool) {
        self.isFair = isFair
    }

    /// Inserts a lane.
    ///
    /// - Parameter isUrgent: Whether it comes before all shares.
    mutating func insert(_ entry: LaneEntry, group: Int64, isUrgent: Bool, _ shares: inout FairShare<Int64>) {
        if !isFair || isUrgent {
            lanes.insert(entry)
            return
        }
        let former = groups[group]?.lanes.top
        groups[group, default: Group()].lanes.insert(entry)
        if former.map({ entry < $0 }) ?? true { push(group, shares) }
    }

    /// Updates a group that has a better rank because one of its jobs has ended.
    mutating func didImprove(_ group: Int64, _ shares: FairShare<Int64>) {
        if groups[group]?.lanes.isEmpty == false { push(group, shares) }
    }

    private mutating func push(_ group: Int64, _ shares: FairShare<Int64>) {
        guard let place = groups[group]?.lanes.top?.place else { return }
        lastSerial += 1
        groups[group]?.serial = lastSerial
        order.insert(GroupEntry(rank: shares.rank(of: group), place: place, group: group, serial: lastSerial))
    }

    /// Returns the lane that may come next.
    mutating func top(_ shares: FairShare<Int64>) -> Candidate? {
        if let top = lanes.top { return Candidate(rank: nil, entry: top) }
        if epoch != shares.epoch {
            epoch = shares.epoch
            var entries: [GroupEntry] = []
            for (group, waiting) in groups {
                guard let place = waiting.lanes.top?.place else { continue }
                entries.append(
                    GroupEntry(rank: shares.rank(of: group), place: place, group: group, serial: waiting.serial))
            }
            order = MinHeap(entries)
        }
        while let first = order.top {
            guard first.serial == groups[first.group]?.serial, let top = groups[first.group]?.lanes.top else {
                order.removeTop()
                continue
            }
            let rank = shares.rank(of: first.group)
            if rank == first.rank, top.place == first.place { return Candidate(rank: rank, entry: top) }
            // It has been served since, or has another first lane.
            order.replaceTop(with: GroupEntry(rank: rank, place: top.place, group: first.group, serial: first.serial))
        }
        return nil
    }

    /// Replaces the lane that ``top(_:)`` returned with the same lane at another place.
    mutating func replace(
        _ candidate: Candidate, with entry: LaneEntry, group: Int64, isUrgent: Bool, _ shares: inout FairShare<Int64>
    ) {
        switch (candidate.rank == nil, !isFair || isUrgent) {
        case (true, true): lanes.replaceTop(with: entry)
        case (false, false): groups[group]?.lanes.replaceTop(with: entry)
        default:
            remove(candidate, group: group)
            insert(entry, group: group, isUrgent: isUrgent, &shares)
        }
    }

    /// Removes the lane that ``top(_:)`` returned.
    mutating func remove(_ candidate: Candidate, group: Int64) {
        if candidate.rank == nil { lanes.removeTop() } else { groups[group]?.lanes.removeTop() }
    }
}
