import QueueBackoff
import QueueModel
import QueueStoreKit
import Testing

@Suite("Sizes of IO") struct IOSizeTests {
    /// One axis of four, to and fro.
    private func rounded(_ bytes: Int64) -> Int64 {
        IOSize(IOAmount(diskRead: bytes)).amount.diskRead
    }

    private static let edges: [Int64] =
        Array(0...70) + (3...62).flatMap { shift in [-1, 0, 1].map { (1 << shift) + $0 } }
        + [.max - 1, .max, .max / 2, 7 << 60, (7 << 60) + 1]

    @Test("D10 an amount is rounded up, by a quarter at most", arguments: edges)
    func roundsUp(_ bytes: Int64) {
        let up = rounded(bytes)
        #expect(up >= bytes)
        #expect(Double(up) <= Double(bytes) * 1.25)
    }

    @Test("D10 small amounts and powers of two stand for themselves")
    func exact() {
        for bytes in 0...7 as ClosedRange<Int64> { #expect(rounded(bytes) == bytes) }
        for shift in 0...62 { #expect(rounded(1 << shift) == 1 << shift) }
        #expect(rounded(.max) == .max)
        #expect(rounded(9) == 10)
        #expect(rounded(1000) == 1024)
        #expect(rounded(5 << 20) == 5 << 20)
    }

    @Test("D10 a greater amount has no lesser size")
    func monotone() {
        let sizes = Self.edges.sorted().map(rounded)
        #expect(sizes == sizes.sorted())
        var generator = FastRandom(seed: 1)
        for _ in 0..<2000 {
            let (left, right) = (
                Int64.random(in: 0 ... .max, using: &generator), Int64.random(in: 0 ... .max, using: &generator)
            )
            #expect(rounded(min(left, right)) <= rounded(max(left, right)))
        }
    }

    @Test("D10 the size of what a size stands for is the same size")
    func roundTrip() {
        for bytes in Self.edges {
            let size = IOSize(IOAmount(diskRead: bytes, diskWritten: 3, networkReceived: bytes, networkSent: bytes / 3))
            #expect(IOSize(size.amount) == size)
            #expect(IOSize(rawValue: size.rawValue) == size)
        }
    }

    @Test("D10 the axes do not touch each other")
    func axes() {
        #expect(IOSize(IOAmount(diskRead: 5)).amount == IOAmount(diskRead: 5))
        #expect(IOSize(IOAmount(diskWritten: 5)).amount == IOAmount(diskWritten: 5))
        #expect(IOSize(IOAmount(networkReceived: 5)).amount == IOAmount(networkReceived: 5))
        #expect(IOSize(IOAmount(networkSent: 5)).amount == IOAmount(networkSent: 5))
        let all = IOAmount(diskRead: .max, diskWritten: 1, networkReceived: 1 << 40, networkSent: .max)
        #expect(IOSize(all).amount == all)
    }

    @Test("D10 nothing, and what can't be, is the size of nothing")
    func none() {
        #expect(IOSize(nil).isNone)
        #expect(IOSize(.zero).isNone)
        #expect(IOSize(IOAmount(diskRead: -1, networkSent: .min)).isNone)
        #expect(IOSize(nil).amount == .zero)
        #expect(IOSize(IOAmount(networkSent: 1)).isNone == false)
    }

    @Test("D10 every number is the size of something", arguments: [0, 3, 4, 7, 8, 247, 248, 255] as [UInt32])
    func anyNumber(_ step: UInt32) {
        let amount = IOSize(rawValue: step | step << 24).amount
        #expect(amount.diskRead >= Int64(min(step, 4)))
        #expect(amount.networkSent == amount.diskRead)
    }
}
