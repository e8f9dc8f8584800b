/// A set in one sorted array: simple, and fast enough for tests.
struct SortedKeys<Key: Comparable & Sendable>: Sendable {
    /// The keys, the least first.
    private(set) var keys: [Key] = []

    /// Adds a key, unless it is present.
    mutating func insert(_ key: Key) {
        let index = lowerBound(of: key)
        if index < keys.count, keys[index] == key { return }
        keys.insert(key, at: index)
    }

    /// Removes a key, if it is present.
    mutating func remove(_ key: Key) {
        let index = lowerBound(of: key)
        if index < keys.count, keys[index] == key { keys.remove(at: index) }
    }

    /// Whether the key is in the set.
    func contains(_ key: Key) -> Bool {
        let index = lowerBound(of: key)
        return index < keys.count && keys[index] == key
    }

    /// Returns the index of the first key that is not less than the given one.
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
