import QueueModel
public import QueueStoreKit

/// Runs random histories on a store and on the reference, step by step, and finds where they part.
///
///     let comparison = StoreComparison { try await MyStore() }
///     if let difference = try await comparison.run(seed: 1, steps: 400) { print(difference) }
///
/// After each step the answers have to be equal, at intervals all that can be seen of the stores, and at the end what they
/// find wrong with themselves. A seed gives the same history every time.
public struct StoreComparison: Sendable {
    private let makeStore: @Sendable () async throws -> any JobStore

    /// Makes a comparison of stores that the closure makes, empty and each by itself.
    public init(_ makeStore: @escaping @Sendable () async throws -> any JobStore) {
        self.makeStore = makeStore
    }

    /// Where a store and the reference part.
    public struct Difference: Sendable, CustomStringConvertible {
        /// The seed of the history.
        public var seed: UInt64
        /// The steps that are enough to see it, the last being where it shows.
        public var steps: [String]
        /// What the reference says and what the store says.
        public var found: String

        /// Seed, steps and finding, a line each.
        public var description: String {
            (["seed \(seed): \(found)"] + steps.enumerated().map { "  \($0). \($1)" }).joined(separator: "\n")
        }
    }

    /// Runs a history of so many steps.
    ///
    /// Returns `nil` if the stores never part, else where they do, after a history that has been cut down as far as leaving
    /// out single steps and halves of what is left can do.
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
            // What is left out late may make room for leaving out something early.
            if size > 1 || left.count == before { size /= 2 }
        }
        return Difference(seed: seed, steps: left.map(\.description), found: finding.found)
    }

    private func compare(_ history: [StoreOperation]) async throws -> (step: Int, found: String)? {
        let reference = MemoryJobStore()
        let store = try await makeStore()
        let found = try await part(history, reference, store)
        await store.close()
        return found
    }

    private func part(
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
                return (step, "the reference says\n    \(mine)\n  and the store says\n    \(theirs)")
            }
            guard step % 16 == 15 || step == history.count - 1 else { continue }
            let wanted = try await StoreDump(of: reference, at: expected.instant)
            let lines = try await StoreDump(of: store, at: actual.instant).differences(from: wanted)
            if !lines.isEmpty { return (step, "the store ≠ the reference: " + lines.joined(separator: "\n    ")) }
            let wrong = try await reference.check() + store.check()
            if !wrong.isEmpty { return (step, "a store finds fault with itself: " + wrong.joined(separator: "; ")) }
        }
        return nil
    }

    /// A text from shortly before the place where it differs from another.
    private static func cut(_ text: String, from place: Int) -> String {
        place <= 200 ? text : "…" + text.dropFirst(place - 200)
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
