import Testing

@testable import QueueCompletion

@Suite("The buffer")
struct BatchBufferTests {
    @Test(
        "C9 items come out in order, in batches of at most the size", arguments: [1, 2, 3, 10], [0, 1, 9, 10, 11, 100])
    func batches(size: Int, count: Int) {
        var buffer = BatchBuffer<Int>(batchSize: size)
        for item in 0..<count { buffer.append(item) }
        #expect(buffer.isEmpty == (count == 0))
        #expect(buffer.hasFullBatch == (count >= size))
        var items: [Int] = []
        while !buffer.isEmpty {
            let batch = buffer.takeBatch()
            #expect(!batch.isEmpty && batch.count <= size)
            items += batch
        }
        #expect(items == Array(0..<count))
        #expect(buffer.takeBatch().isEmpty)
    }

    @Test("C9 appending and taking mix freely", arguments: 0..<20 as Range<UInt64>)
    func mixed(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        var buffer = BatchBuffer<Int>(batchSize: Int.random(in: 1...5, using: &generator))
        var sent = 0
        var taken: [Int] = []
        for _ in 0..<500 {
            if Int.random(in: 0..<4, using: &generator) == 0 {
                taken += buffer.takeBatch()
            } else {
                buffer.append(sent)
                sent += 1
            }
        }
        taken += buffer.takeAll()
        #expect(taken == Array(0..<sent))
        #expect(buffer.isEmpty)
    }
}
