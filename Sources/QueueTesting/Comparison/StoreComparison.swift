import QueueModel
public import QueueStoreKit

/// A comparison of a store with the reference by random histories.
///
///     let comparison = StoreComparison { try await MyStore() }
///     if let difference = try await comparison.run(seed: 1, steps: 400) { print(difference) }
///
/// After each step the answers must be equal; at intervals all visible contents must be equal, and both stores must
/// report no faults. A seed always gives the same history.
public struct StoreComparison: Sendable {
    private let makeStore: @Sendable () async throws -> any JobStore

    /// Creates a comparison with stores that the closure creates, each empty and independent of the others.
    public init(_ makeStore: @escaping @Sendable () async throws -> any JobStore) {
        self.makeStore = makeStore
    }

    /// The point at which a store and the reference differ.
    public struct Difference: Sendable, CustomStringConvertible {
        /// The seed of the history.
        public var seed: UInt64
        /// The steps that reproduce the difference, which appears at the last one.
        public var steps: [String]
        /// The answers of the reference and of the store.
        public var found: String

        /// The seed, the difference and the steps, one line each.
        public var description: String {
            (["seed \(seed): \(found)"] + steps.enumerated().map { "  \($0). \($1)" }).joined(separator: "\n")
        }
    }

    /// Runs a history of a number of steps.
    ///
    /// - Returns: `nil` if the stores never differ; else their difference, after a history that was reduced by
    ///   leaving out ever smaller parts of it, down to single steps.
    public func run(seed: UInt64, steps: Int) async throws -> Difference? {
        var generator = SplitMix64(seed: seed)
        let history =
            [.openWorker(lease: 30), .openWorker(lease: 30)]
            + (0..<steps).map { _ in StoreOperation.random(using: &generator) }
        guard var finding = try await compare(history) else { return nil }

        var left = Array(history.prefix(finding.step + 1))
        var size = max(1, left.count / 2)
        while size >= 1 {
            let before = left.count
            var start = 0
            while start < left.count {
                var shorter = left
                shorter.removeSubrange(start..<min(start + size, left.count))
                if let again = try await compare(shorter) {
                    finding = again
                    left = Array(shorter.prefix(again.step + 1))
                } else {
                    start += size
                }
            }
            // Leaving out a late step may allow leaving out an earlier one.
            if size > 1 || left.count == before { size /= 2 }
        }
        return Difference(seed: seed, steps: left.map(\.description), found: finding.found)
    }

    private func compare(_ history: [StoreOperation]) async throws -> (step: Int, found: String)? {
        let reference = MemoryJobStore()
        let store = try await makeStore()
        let found = try await findDifference(history, reference, store)
        await store.close()
        return found
    }

    private func findDifference(
        _ history: [StoreOperation], _ reference: MemoryJobStore, _ store: any JobStore
    ) async throws -> (step: Int, found: String)? {
        var expected = StoreHistory()
        var actual = StoreHistory()
        for (step, operation) in history.enumerated() {
            let right = await expected.take(operation, on: reference)
            let given = await actual.take(operation, on: store)
            if right != given {
                let common = right.commonPrefix(with: given).count
                let (mine, theirs) = (Self.cut(right, from: common), Self.cut(given, from: common))
                return (step, "the reference answers\n    \(mine)\n  and the store answers\n    \(theirs)")
            }
            guard step % 16 == 15 || step == history.count - 1 else { continue }
            let wanted = try await StoreDump(of: reference, at: expected.instant)
            let lines = try await StoreDump(of: store, at: actual.instant).differences(from: wanted)
            if !lines.isEmpty { return (step, "the store ≠ the reference: " + lines.joined(separator: "\n    ")) }
            let wrong = try await reference.check() + store.check()
            if !wrong.isEmpty { return (step, "a store reports faults: " + wrong.joined(separator: "; ")) }
        }
        return nil
    }

    /// Returns a string from shortly before the index at which it differs from another.
    private static func cut(_ string: String, from index: Int) -> String {
        index <= 200 ? string : "…" + string.dropFirst(index - 200)
    }
}

extension String {
    fileprivate func commonPrefix(with other: String) -> Substring {
        var end = startIndex
        var mine = makeIterator()
        var others = other.makeIterator()
        while let left = mine.next(), left == others.next() { end = index(after: end) }
        return self[..<end]
    }
}
