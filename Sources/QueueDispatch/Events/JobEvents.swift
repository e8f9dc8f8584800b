public import QueueModel

/// The events of a subscription, in the order in which they were committed.
///
/// What happens to one job comes in order, with two exceptions, as each side tells for itself: a queue that runs may have started a job
/// before its ``JobEvent/Kind/submitted(_:)`` is told, and an attempt that follows without going back to the queue may report progress
/// before its start is.
///
/// The buffer is bounded: a subscriber that is too slow loses the oldest events and is told how many, with
/// ``JobEvent/Kind/lost(_:)``. It never slows the queue. The events are for one task at a time. The subscription ends when
/// the value and its iterators are released, and for a single job after its end.
public struct JobEvents: AsyncSequence, Sendable {
    let buffer: EventBuffer
    let subscription: Subscription

    /// Ends the subscription when the last copy is gone.
    final class Subscription: Sendable {
        private let end: @Sendable () -> Void

        init(end: @escaping @Sendable () -> Void) {
            self.end = end
        }

        deinit {
            end()
        }
    }

    /// Makes the iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(buffer: buffer, subscription: subscription)
    }

    /// Gives one event after the other; `nil` at the end, or when the task is cancelled.
    public struct Iterator: AsyncIteratorProtocol {
        let buffer: EventBuffer
        let subscription: Subscription

        /// Waits for the next event.
        public mutating func next() async -> JobEvent? {
            await buffer.next()
        }

        /// Waits for the next event.
        public mutating func next(isolation actor: isolated (any Actor)?) async -> JobEvent? {
            await buffer.next()
        }
    }
}
