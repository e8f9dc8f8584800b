public import QueueModel

/// The events of a subscription, in the order in which they were committed.
///
/// The events of one job are in order, with two exceptions: a running queue may have started a job before its
/// ``JobEvent/Kind/submitted(_:)`` is delivered, and a retry in place may report progress before its start is
/// delivered.
///
/// The buffer is bounded: a subscriber that is too slow loses the oldest events and receives their number with
/// ``JobEvent/Kind/lost(_:)``. It never slows the queue. One task at a time may iterate. The subscription ends when the
/// value and its iterators are released, and for a single job after its end.
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

    /// Returns the iterator.
    public func makeAsyncIterator() -> Iterator {
        Iterator(buffer: buffer, subscription: subscription)
    }

    /// An iterator over the events; it returns `nil` at the end, or when the task is canceled.
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
