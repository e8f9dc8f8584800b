/// A queue of items that is cut into batches as it fills.
///
/// Cutting on the way in makes taking a batch an exchange of arrays: no item is copied, however long the queue is.
@usableFromInline
struct BatchBuffer<Item: Sendable>: Sendable {
    /// The batch that is being filled; never a full one.
    @usableFromInline var open: [Item] = []

    /// Full batches, oldest first, from `head` on; what is before has been taken.
    @usableFromInline var full: [[Item]] = []

    @usableFromInline var head = 0

    @usableFromInline let batchSize: Int

    @usableFromInline
    init(batchSize: Int) {
        self.batchSize = batchSize
    }

    @inlinable
    var isEmpty: Bool { open.isEmpty && head == full.count }

    /// Whether the next batch can't grow any more.
    @inlinable
    var hasFullBatch: Bool { head < full.count }

    @inlinable
    mutating func append(_ item: Item) {
        open.append(item)
        if open.count == batchSize { close() }
    }

    @usableFromInline
    mutating func close() {
        full.append([])
        swap(&open, &full[full.count - 1])
    }

    /// Takes the oldest batch; empty if there is none.
    @inlinable
    mutating func takeBatch() -> [Item] {
        var batch: [Item] = []
        guard head < full.count else {
            swap(&batch, &open)
            return batch
        }
        swap(&batch, &full[head])
        head += 1
        // Dropping the taken ones only once they are the half keeps the cost per batch constant.
        if head * 2 >= full.count {
            full.removeFirst(head)
            head = 0
        }
        return batch
    }

    /// Takes everything.
    mutating func takeAll() -> [Item] {
        var items: [Item] = []
        while !isEmpty { items += takeBatch() }
        return items
    }
}
