/// A set kept in order in one array: as simple as it can be, and quick enough for tests.
struct SortedKeys<Key: Comparable & Sendable>: Sendable {
    /// The keys, the least first.
    private(set) var keys: [Key] = []

    /// Adds a key that is not in the set yet; one that is in it already stays.
    mutating func insert(_ key: Key) {
        let place = lowerBound(of: key)
        if place < keys.count, keys[place] == key { return }
        keys.insert(key, at: place)
    }

    /// Takes a key out, if it is in the set.
    mutating func remove(_ key: Key) {
        let place = lowerBound(of: key)
        if place < keys.count, keys[place] == key { keys.remove(at: place) }
    }

    /// Whether the key is in the set.
    func contains(_ key: Key) -> Bool {
        let place = lowerBound(of: key)
        return place < keys.count && keys[place] == key
    }

    /// The place of the first key that is not below the given one.
    private func lowerBound(of key: Key) -> Int {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low + high) / 2
            if keys[middle] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
