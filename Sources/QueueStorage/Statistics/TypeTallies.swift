import QueueModel
import QueueStoreKit

/// What has become of the jobs of each type, as the writer's transactions see it (rule Q2).
///
/// A row is read once and kept, as lanes are, until another connection has written; a transaction writes those that it has changed, once
/// each.
struct TypeTallies {
    /// By their place; types in use are few, and most turns have one, so it is looked for in order.
    private var types: [Int64] = []
    private var tallies: [TypeTally] = []
    /// Places of those that differ from the table.
    private var changed: [Int] = []

    /// Whether some differ from the table.
    var hasChanged: Bool { !changed.isEmpty }

    /// The place of a type; `nil` if its row has not been read.
    func place(of type: Int64) -> Int? { types.firstIndex(of: type) }

    /// What was counted of the type in a place.
    subscript(place: Int) -> TypeTally { tallies[place] }

    /// Takes in a row, and returns its place.
    mutating func add(_ tally: TypeTally, of type: Int64) -> Int {
        types.append(type)
        tallies.append(tally)
        return types.count - 1
    }

    /// Counts something of the type in a place.
    mutating func change(at place: Int, _ change: (inout TypeTally) -> Void) {
        change(&tallies[place])
        if changed.last != place, !changed.contains(place) { changed.append(place) }
    }

    /// The rows to write; they count as written.
    mutating func takeChanged() -> [(type: Int64, tally: TypeTally)] {
        defer { changed.removeAll(keepingCapacity: true) }
        return changed.map { (types[$0], tallies[$0]) }
    }
}
