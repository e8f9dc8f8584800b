import QueueModel
import QueueStoreKit

/// The statistics of each type, as the writer's transaction sees them.
///
/// A row is read once and kept, as lanes are, until another connection has written. A transaction writes the rows that
/// it has changed once each.
struct TypeTallies {
    /// The ids of types; a linear search finds them, since few types are in use and most turns have one.
    private var types: [Int64] = []
    private var tallies: [TypeTally] = []
    /// The indexes of the tallies that differ from the table.
    private var changed: [Int] = []

    /// Whether tallies differ from the table.
    var hasChanged: Bool { !changed.isEmpty }

    /// Returns the index of a type, or `nil` if its row has not been read.
    func index(of type: Int64) -> Int? { types.firstIndex(of: type) }

    /// Accesses the tally at an index.
    subscript(index: Int) -> TypeTally { tallies[index] }

    /// Adds a row that was read, and returns its index.
    mutating func add(_ tally: TypeTally, of type: Int64) -> Int {
        types.append(type)
        tallies.append(tally)
        return types.count - 1
    }

    /// Changes the tally at an index.
    mutating func change(at index: Int, _ change: (inout TypeTally) -> Void) {
        change(&tallies[index])
        if changed.last != index, !changed.contains(index) { changed.append(index) }
    }

    /// Returns the rows to write, which then count as written.
    mutating func takeChanged() -> [(type: Int64, tally: TypeTally)] {
        defer { changed.removeAll(keepingCapacity: true) }
        return changed.map { (types[$0], tallies[$0]) }
    }
}
