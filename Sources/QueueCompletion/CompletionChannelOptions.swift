/// How a ``CompletionChannel`` batches, when it holds back, and how it retries.
public struct CompletionChannelOptions: Hashable, Sendable {
    /// The most items in one commit; 1024 by default, at least 1.
    public var maxBatch: Int

    /// How long a leader lets a batch that isn't full gather before it commits it; zero by default.
    ///
    /// With zero a batch is what was sent while the last commit ran, which adapts to the load without any wait.
    public var linger: Duration

    /// The number of uncommitted items above which the channel holds back; 10 000 by default, at least 1.
    ///
    /// It stops holding back when they are down to half. Sending works all the same: whoever makes the items is to
    /// look at ``CompletionChannel/isHoldingBack`` and make no more for a while.
    public var maxUncommitted: Int

    /// The number of batches after which a leader's turn is over; 16 by default, at least 1.
    ///
    /// It bounds how long one sender works for the others. The next to send, or a caller that waits in
    /// ``CompletionChannel/commit(_:)``, then leads; while there is neither, the leader goes on.
    public var maxTurns: Int

    /// How long a batch waits after a transient error.
    public var backoff: TransientBackoff

    /// Creates options; they are checked when a channel is made with them.
    public init(
        maxBatch: Int = 1024,
        linger: Duration = .zero,
        maxUncommitted: Int = 10_000,
        maxTurns: Int = 16,
        backoff: TransientBackoff = TransientBackoff()
    ) {
        self.maxBatch = maxBatch
        self.linger = linger
        self.maxUncommitted = maxUncommitted
        self.maxTurns = maxTurns
        self.backoff = backoff
    }

    /// Checks every option against its range.
    ///
    /// - Throws: ``CompletionChannelError/Code-swift.struct/invalidOption`` with the name and value of the first that
    ///   is out of it.
    public func validate() throws(CompletionChannelError) {
        func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws(CompletionChannelError) {
            guard holds else { throw .invalidOption(rule()) }
        }
        try require(maxBatch >= 1, "maxBatch is \(maxBatch), but must be at least 1.")
        try require(linger >= .zero, "linger is \(linger), but must not be negative.")
        try require(maxUncommitted >= 1, "maxUncommitted is \(maxUncommitted), but must be at least 1.")
        try require(maxTurns >= 1, "maxTurns is \(maxTurns), but must be at least 1.")
        try require(backoff.initial > .zero, "backoff.initial is \(backoff.initial), but must be more than zero.")
        try require(
            backoff.maximum >= backoff.initial,
            "backoff.maximum is \(backoff.maximum), but must be at least backoff.initial (\(backoff.initial)).")
    }
}
