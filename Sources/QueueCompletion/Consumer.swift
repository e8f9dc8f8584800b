public import Synchronization

extension CompletionChannel {
    /// Makes the caller the channel's consumer, which takes batches along in transactions of its own.
    ///
    /// While there is a consumer, no sender is elected: sending only adds the item, and notifies the consumer. A
    /// sender that leads right now finishes its attempt and steps down; a drain is finished first.
    ///
    /// - Parameter onWork: Called, outside of all of the channel's locks, when there is something to
    ///   ``Consumer/take()`` and the consumer does not know: once, until it takes again. It is called before this
    ///   method returns if something waits already. It must only note the fact and wake the consumer.
    /// - Throws: ``CompletionChannelError/Code-swift.struct/alreadyConsumed`` if there is a consumer already.
    public func consume(
        onWork: @escaping @Sendable () -> Void
    ) throws(CompletionChannelError) -> Consumer<Item, Outcome> {
        let number = transition { core -> Int? in
            guard let number = core.state.consume() else { return nil }
            core.onWork = onWork
            return number
        }
        guard let number else { throw .alreadyConsumed }
        return Consumer(channel: self, number: number)
    }
}

/// The right to take batches out of a ``CompletionChannel``, in place of the senders.
///
///     let batch = consumer.take()
///     do {
///         consumer.settle(try await transaction(storing: batch))
///     } catch {
///         await consumer.recover(after: error)
///     }
///
/// At most one batch is out at a time: it ends with ``settle(_:)`` or ``recover(after:)``. Releasing the last
/// reference ends the consumer.
public final class Consumer<Item: Sendable, Outcome: Sendable>: Sendable {
    @usableFromInline let channel: CompletionChannel<Item, Outcome>
    @usableFromInline let number: Int

    init(channel: CompletionChannel<Item, Outcome>, number: Int) {
        self.channel = channel
        self.number = number
    }

    deinit { end() }

    /// Takes the next batch, oldest items first; its items stay uncommitted until they are settled.
    ///
    /// Exchanges arrays and so costs the same at any size.
    ///
    /// - Returns: At most ``CompletionChannelOptions/maxBatch`` items. Empty if there are none, while a batch is out or
    ///   another leader's attempt is under way, and once the consumer has ended; if items are left then, `onWork` is
    ///   called when they can be taken.
    @inlinable
    public func take() -> [Item] {
        channel.core.withLock { core in core.state.take(number) }
    }

    /// Settles the batch that is out: the consumer's transaction has committed it.
    ///
    /// The outcomes are passed on as a ``Settlement``, and to callers that wait in ``CompletionChannel/commit(_:)``.
    ///
    /// - Parameter outcomes: One for each item, in the order of the items, as for ``BatchCommitter/commit(_:)``.
    ///   Without a batch out the call does nothing.
    @inlinable
    public func settle(_ outcomes: [Outcome]) {
        end(.success(outcomes))
    }

    /// Settles the batch that is out without passing anything on, for a consumer that has reported the outcomes
    /// itself.
    ///
    /// No caller may wait in ``CompletionChannel/commit(_:)`` for one of the items, as it would not be resumed.
    ///
    /// - Parameter count: The number of items in the batch.
    @inlinable
    package func settle(count: Int) {
        channel.transition { core in core.settleReported(by: number, count: count) }
    }

    /// Has the channel commit the batch that is out by its committer, since the consumer's transaction has failed and
    /// left nothing of it behind; with the back-offs and splits that a sender's batch gets.
    ///
    /// Returns when all of the batch is settled, or a drain has taken it over. The consumer still leads.
    @inlinable
    public func recover(after error: any Error) async {
        guard end(.failure(error)) else { return }
        let leadership = channel.core.withLock { core in core.state.recoveryLeadership(number) }
        if let leadership { await channel.lead(leadership) }
    }

    /// Ends the consumer; senders lead again.
    ///
    /// Ending twice is fine. A batch that is out goes back and will be committed again, whether or not the consumer's
    /// transaction did commit it, so settle it first. A waiting ``CompletionChannel/commit(_:)`` takes the lead for
    /// items that are left; without one they stay until the next send, or a drain.
    public func end() {
        channel.transition { core in core.endConsuming(number) }
    }

    /// Ends the attempt at the batch that is out; false if none is.
    @inlinable
    @discardableResult
    func end(_ result: Result<[Outcome], any Error>) -> Bool {
        let items = channel.core.withLock { core in core.state.takeBack(number) }
        guard !items.isEmpty else { return false }
        channel.end(items, result)
        return true
    }
}
