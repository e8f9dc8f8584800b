/// The lead of a ``CompletionChannel``, given to the sender that was elected.
///
/// Dropping it without ``run()`` gives the lead back. A task that waits in ``CompletionChannel/commit(_:)`` takes
/// over then; if there is none, the items stay where they are until the next send elects its sender, or a drain or an
/// consumer comes.
public struct Leadership<Item: Sendable, Outcome: Sendable>: ~Copyable, Sendable {
    @usableFromInline let channel: CompletionChannel<Item, Outcome>
    /// The number of the leadership; zero once it is used.
    @usableFromInline var number: Int

    @inlinable
    init(channel: CompletionChannel<Item, Outcome>, number: Int) {
        self.channel = channel
        self.number = number
    }

    deinit {
        guard number > 0 else { return }
        channel.transition { core in core.state.abandon(number) }
    }

    /// Commits what is in the channel, batch by batch, until it is empty, the turn is over and somebody else leads,
    /// or a consumer or a drain takes the lead.
    ///
    /// Goes on when the task is cancelled. While transient errors last it keeps trying, so it may take long.
    @inlinable
    public consuming func run() async {
        let used = number
        number = 0
        await channel.lead(used)
    }
}
