/// What a lead does with batches.
extension ChannelState {
    /// What the holder of a leadership does next.
    @usableFromInline
    enum Step: Sendable {
        /// Commit these, then tell by one of ``settle(_:committed:)``, ``postpone()``, ``halve()``.
        case commit([Item])
        /// Let this much time pass, then ask again.
        case pause(Duration)
        /// Wait until the attempt of the leadership before is over, then ask again.
        case wait
        /// The leadership has ended.
        case stop
    }

    /// What the holder of a leadership does next.
    @inlinable
    mutating func next(_ leadership: Int) -> Step {
        guard leadership == self.leadership else { return .stop }
        guard attempt == .none else { return .wait }
        if let delay = batch?.delay {
            batch?.delay = nil
            return .pause(delay)
        }
        if batch == nil {
            // A recovering consumer finishes its batch only, and keeps the lead.
            guard lead != .consumer else { return .stop }
            guard mayBegin else {
                release()
                return .stop
            }
            guard !lingers else {
                hasLingered = true
                return .pause(options.linger)
            }
        }
        return .commit(begin(.running))
    }

    /// Takes what is to be committed next into the consumer's own transaction; empty if there is nothing, or while
    /// the attempt of another lead is under way.
    @inlinable
    mutating func take(_ number: Int) -> [Item] {
        guard consumer == number else { return [] }
        isConsumerNotified = false
        guard lead == .consumer, attempt == .none, uncommitted > 0 else { return [] }
        return begin(.taken)
    }

    /// Whether a batch is out that a consumer has taken.
    @inlinable
    func isOut(of number: Int) -> Bool { consumer == number && attempt == .taken }

    /// Begins to end the attempt of the consumer, and returns what it had taken; empty if nothing.
    ///
    /// From here on the attempt is the channel's, so that the end of the consumer can't give the batch back while its
    /// settlement is reported.
    @inlinable
    mutating func takeBack(_ number: Int) -> [Item] {
        guard isOut(of: number), let batch else { return [] }
        attempt = .running
        return batch.part
    }

    @inlinable
    var mayBegin: Bool {
        guard uncommitted > 0 else { return false }
        return !(lead == .drain && settled >= drainTarget && hasConsumer)
    }

    @inlinable
    var lingers: Bool {
        lead == .sender && options.linger > .zero && !hasLingered && !isClosed && !waiting.hasFullBatch
    }

    @inlinable
    mutating func begin(_ attempt: Attempt) -> [Item] {
        if batch == nil {
            batch = Batch(waiting.takeBatch())
            turns += 1
            hasLingered = false
        }
        batch?.delay = nil
        self.attempt = attempt
        return batch?.part ?? []
    }

    // MARK: How an attempt ends

    /// The part that was attempted is over and done with: committed, or rejected.
    @inlinable
    mutating func settle(_ count: Int, committed: Bool) {
        attempt = .none
        batch?.failures = 0
        batch?.split.advance()
        if batch?.split.isDone == true { batch = nil }
        remove(count)
        statistics.settle(count, committed: committed)
    }

    /// The attempt failed, and may do better later.
    @usableFromInline
    mutating func postpone() {
        attempt = .none
        guard let failures = batch?.failures else { return }
        batch?.failures = failures + 1
        batch?.delay = options.backoff.delay(afterFailures: failures + 1)
        statistics.retries += 1
    }

    /// The attempt failed because of an item in it.
    @usableFromInline
    mutating func halve() {
        attempt = .none
        batch?.failures = 0
        batch?.split.halve()
    }

    /// Hands all that is left back, if the leadership is still its holder's and no attempt is under way.
    mutating func giveUp(_ leadership: Int) -> [Item]? {
        guard leadership == self.leadership, attempt == .none else { return nil }
        let items = (batch?.remaining ?? []) + waiting.takeAll()
        batch = nil
        remove(items.count)
        statistics.handedBack += items.count
        release()
        return items
    }

    @inlinable
    mutating func remove(_ count: Int) {
        settled += count
        if uncommitted <= options.maxUncommitted / 2 { isHoldingBack = false }
    }
}
