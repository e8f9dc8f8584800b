/// What a ``CompletionChannel`` hands its batches to: a store, a log, a remote service.
///
/// The channel makes one call at a time, in the order in which the items were sent, so a conforming type needs no
/// lock of its own against the channel.
public protocol BatchCommitter<Item, Outcome>: Sendable {
    /// What is committed.
    associatedtype Item: Sendable
    /// What a commit says about one item.
    associatedtype Outcome: Sendable

    /// Commits a batch as a whole and returns one outcome for each item, in the order of the items.
    ///
    /// A call that throws must leave nothing of the batch behind, since the channel commits the items again, together
    /// or in smaller batches. A call that returns any other number of outcomes breaks the contract: the channel can't
    /// tell what became of the items, and reports each as rejected with
    /// ``CompletionChannelError/Code-swift.struct/outcomeCount``.
    ///
    /// The call runs in the task of whoever leads at the time, whose cancellation it must not take for a reason to
    /// stop: the batch holds other senders' items. It runs on that task's executor too; mark it `@concurrent` if it
    /// would block one.
    ///
    /// - Parameter batch: At least one item, at most ``CompletionChannelOptions/maxBatch``.
    func commit(_ batch: [Item]) async throws -> [Outcome]

    /// Whether the same batch may well be committed later on, as when a database is busy or a disk is full.
    ///
    /// A transient error keeps the batch whole and has it committed again after a back-off; any other is taken to be
    /// the fault of an item in it. The default is that no error is transient.
    func isTransient(_ error: any Error) -> Bool
}

extension BatchCommitter {
    /// No error is transient.
    public func isTransient(_ error: any Error) -> Bool { false }
}
