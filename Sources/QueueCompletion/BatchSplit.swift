/// The order in which the parts of a batch are committed, so that what can't be committed ends up alone.
///
/// A part that fails is halved and its halves go in order, the first one first. With k bad items among n that takes
/// at most 1 + 2k⌈log₂ n⌉ commits, and never more than 2n − 1.
@usableFromInline
struct BatchSplit: Hashable, Sendable {
    /// The part to commit now; empty when all is settled.
    @usableFromInline var current: Range<Int>

    /// What comes after it, last one first; empty, and so without storage, as long as nothing fails.
    @usableFromInline var later: [Range<Int>] = []

    @inlinable
    init(count: Int) {
        current = 0..<count
    }

    /// What is not settled: from the current part to the end.
    var remaining: Range<Int> { current.lowerBound..<(later.first ?? current).upperBound }

    @inlinable
    var isDone: Bool { current.isEmpty }

    /// The current part is settled: go on to the next.
    @inlinable
    mutating func advance() {
        current = later.popLast() ?? current.upperBound..<current.upperBound
    }

    /// The current part failed: go on to its first half.
    ///
    /// A part of one item can't be halved, and stays.
    mutating func halve() {
        guard current.count > 1 else { return }
        let middle = current.lowerBound + current.count / 2
        later.append(middle..<current.upperBound)
        current = current.lowerBound..<middle
    }
}
