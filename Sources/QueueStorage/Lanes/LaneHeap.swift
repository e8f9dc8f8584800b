/// Lanes by their heads, the first in the order of claims on top.
///
/// An entry may be out of date: whoever takes one compares its place with the lane's head.
struct LaneHeap {
    /// A lane as it stood when it was put in.
    struct Entry {
        var place: Place
        var lane: Int
    }

    private var entries: [Entry] = []

    /// The first.
    var top: Entry? { entries.first }

    /// Puts a lane in.
    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            if entries[parent].place <= entry.place { break }
            entries[child] = entries[parent]
            child = parent
        }
        entries[child] = entry
    }

    /// Takes the first out.
    mutating func removeTop() {
        guard let last = entries.popLast(), !entries.isEmpty else { return }
        sink(last)
    }

    /// Puts another in the place of the first.
    mutating func replaceTop(with entry: Entry) {
        sink(entry)
    }

    private mutating func sink(_ entry: Entry) {
        var hole = 0
        while true {
            var child = 2 * hole + 1
            if child >= entries.count { break }
            if child + 1 < entries.count, entries[child + 1].place < entries[child].place { child += 1 }
            if entry.place <= entries[child].place { break }
            entries[hole] = entries[child]
            hole = child
        }
        entries[hole] = entry
    }
}
