/// The lead of a ``CompletionChannel``, given to the sender that was elected.
///
/// Dropping it without ``run()`` gives the lead back. A task that waits in ``CompletionChannel/commit(_:)`` takes over
/// then; if there is none, the items stay where they are until the next send elects its sender, or a drain or an
/// attendant comes.
public struct Leadership<Item: Sendable, Outcome: Sendable>: ~Copyable, Sendable {
    @usableFromInline let channel: CompletionChannel<Item, Outcome>
    /// Zero once the lead is used.
    @usableFromInline var term: Int

    @inlinable
    init(channel: CompletionChannel<Item, Outcome>, term: Int) {
        self.channel = channel
        self.term = term
    }

    deinit {
        guard term > 0 else { return }
        channel.transition { core in core.state.abandon(term) }
    }

    /// Commits what is in the channel, batch by batch, until it is empty, the turn is over and somebody else leads, or
    /// an attendant or a drain takes the lead.
    ///
    /// Goes on when the task is cancelled. While transient errors last it keeps trying, so it may take long.
    @inlinable
    public consuming func run() async {
        let used = term
        term = 0
        await channel.lead(used)
    }
}
