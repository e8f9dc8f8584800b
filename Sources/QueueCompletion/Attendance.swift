public import Synchronization

extension CompletionChannel {
    /// Makes the caller the standing leader, who takes batches along in transactions of its own.
    ///
    /// While somebody attends, no sender is elected: sending only puts the item in, and tells the attendant. A sender
    /// that leads right now finishes its attempt and steps down; a drain is finished first.
    ///
    /// - Parameter onWork: Called, outside of all locks, when there is something to ``Attendance/take()`` and the
    ///   attendant doesn't know: once, until it takes again. It is called before this method returns if something waits
    ///   already. It must only note the fact and wake whoever attends.
    /// - Throws: ``CompletionChannelError/Code-swift.struct/attended`` if somebody attends already.
    public func attend(
        onWork: @escaping @Sendable () -> Void
    ) throws(CompletionChannelError) -> Attendance<Item, Outcome> {
        let number = transition { core -> Int? in
            guard let number = core.state.attend() else { return nil }
            core.onWork = onWork
            return number
        }
        guard let number else { throw .attended }
        return Attendance(channel: self, number: number)
    }
}

/// The right of a standing leader to take batches out of a ``CompletionChannel``.
///
///     let batch = attendance.take()
///     do {
///         attendance.settle(try await transaction(storing: batch))
///     } catch {
///         await attendance.recover(after: error)
///     }
///
/// At most one batch is out at a time: it ends with ``settle(_:)`` or ``recover(after:)``. Letting go of the last
/// reference ends the attendance.
public final class Attendance<Item: Sendable, Outcome: Sendable>: Sendable {
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
    ///   the attempt of another lead is under way, and once the attendance has ended; if items are left then, `onWork`
    ///   tells when they can be taken.
    @inlinable
    public func take() -> [Item] {
        channel.core.withLock { core in core.state.take(number) }
    }

    /// Tells that the attendant's transaction has committed the batch that is out.
    ///
    /// - Parameter outcomes: One for each item, in the order of the items, as for ``BatchCommitter/commit(_:)``.
    ///   Without a batch out the call does nothing.
    @inlinable
    public func settle(_ outcomes: [Outcome]) {
        end(.success(outcomes))
    }

    /// Tells that the attendant's transaction has failed and left nothing of the batch behind, and has the channel
    /// commit the batch that is out by its committer, with the back-offs and splits that a sender's batch gets.
    ///
    /// Returns when all of the batch is settled, or a drain has taken it over. The attendant still leads.
    @inlinable
    public func recover(after error: any Error) async {
        guard end(.failure(error)) else { return }
        let term = channel.core.withLock { core in core.state.recoveryTerm(number) }
        if let term { await channel.lead(term) }
    }

    /// Ends the attendance; senders lead again.
    ///
    /// Ending twice is fine. A batch that is out goes back and will be committed again, whether or not the attendant's
    /// transaction did commit it, so settle it first. A waiting ``CompletionChannel/commit(_:)`` takes the lead for
    /// items that are left; without one they stay until the next send, or a drain.
    public func end() {
        channel.transition { core in core.endAttendance(number) }
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
