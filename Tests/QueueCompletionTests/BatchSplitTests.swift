import Testing

@testable import QueueCompletion

@Suite("Splitting a batch")
struct BatchSplitTests {
    /// Commits a batch with bad items by a split, and returns what was committed and rejected, in order, and the
    /// number of commits.
    private func run(count: Int, bad: Set<Int>) -> (committed: [Int], rejected: [Int], commits: Int) {
        var split = BatchSplit(count: count)
        var result = (committed: [Int](), rejected: [Int](), commits: 0)
        while !split.isDone {
            result.commits += 1
            let part = split.current
            if bad.isDisjoint(with: part) {
                result.committed += part
                split.advance()
            } else if part.count == 1 {
                result.rejected += part
                split.advance()
            } else {
                split.halve()
            }
        }
        return result
    }

    private func bound(count: Int, bad: Int) -> Int {
        let depth = count <= 1 ? 0 : Int.bitWidth - (count - 1).leadingZeroBitCount
        return min(2 * count - 1, 1 + 2 * bad * depth)
    }

    @Test("C6 a split isolates every single bad item in a bounded number of commits", arguments: [1, 2, 3, 7, 64, 100])
    func oneBad(count: Int) {
        for item in 0..<count {
            let result = run(count: count, bad: [item])
            #expect(result.rejected == [item])
            #expect(result.committed == (0..<count).filter { $0 != item })
            #expect(result.commits <= bound(count: count, bad: 1))
        }
    }

    @Test("C6 a split isolates several bad items and commits the rest in order", arguments: 0..<50 as Range<UInt64>)
    func severalBad(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let count = Int.random(in: 1...300, using: &generator)
        let bad = Set(
            (0..<Int.random(in: 0...8, using: &generator)).map { _ in Int.random(in: 0..<count, using: &generator) })
        let result = run(count: count, bad: bad)
        #expect(result.rejected == bad.sorted())
        #expect(result.committed == (0..<count).filter { !bad.contains($0) })
        #expect(result.commits <= bound(count: count, bad: bad.count))
    }

    @Test("C6 a split of nothing but bad items takes fewer than two commits an item")
    func allBad() {
        let result = run(count: 128, bad: Set(0..<128))
        #expect(result.rejected == Array(0..<128))
        #expect(result.commits == 255)
    }

    @Test("C6 what remains of a split runs from its current part to the end")
    func remaining() {
        var split = BatchSplit(count: 8)
        #expect(split.remaining == 0..<8)
        split.halve()
        split.halve()
        #expect(split.current == 0..<2)
        split.advance()
        #expect(split.current == 2..<4)
        #expect(split.remaining == 2..<8)
    }
}
