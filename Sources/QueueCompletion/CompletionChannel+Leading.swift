public import Synchronization

/// What a leader does, whoever it is: a sender, a drain, or a consumer whose transaction failed.
extension CompletionChannel {
    /// Commits batch by batch until the leadership ends.
    ///
    /// - Returns: What is handed back because the deadline has passed.
    @inlinable
    @discardableResult
    func lead(_ leadership: Int, until deadline: Deadline? = nil) async -> [Item] {
        while true {
            if let deadline, deadline.remaining == .zero, let items = transition({ core in core.giveUp(leadership) }) {
                return items
            }
            switch transition({ core in core.next(leadership) }) {
            case .commit(let items):
                await attempt(items)
            case .pause(let delay):
                await pause(min(delay, deadline?.remaining ?? delay), leadership)
            case .wait:
                await withCheckedContinuation { continuation in
                    let isSuspended = core.withLock { core in core.awaitAttempt(leadership, continuation) }
                    if !isSuspended { continuation.resume() }
                }
            case .stop:
                return []
            }
        }
    }

    @inlinable
    func attempt(_ items: [Item]) async {
        let result: Result<[Outcome], any Error>
        do {
            result = .success(try await committer.commit(items))
        } catch {
            result = .failure(error)
        }
        end(items, result)
    }

    /// Ends the attempt that is under way, whoever made it.
    @inlinable
    func end(_ items: [Item], _ result: Result<[Outcome], any Error>) {
        switch result {
        case .success(let outcomes) where outcomes.count == items.count:
            settle(items, result)
        case .success(let outcomes):
            settle(items, .failure(CompletionChannelError.outcomeCount(outcomes.count, expected: items.count)))
        case .failure(let error) where committer.isTransient(error):
            transition { core in core.state.postpone() }
        case .failure where items.count == 1:
            settle(items, result)
        case .failure:
            transition { core in core.state.halve() }
        }
    }

    /// Reports what became of the part that was attempted.
    ///
    /// The attempt counts as under way until all of it is reported, so that no other lead can commit and report in
    /// between.
    @inlinable
    func settle(_ items: [Item], _ result: Result<[Outcome], any Error>) {
        switch result {
        case .success(let outcomes): settled(.committed(items, outcomes))
        case .failure(let error): for item in items { settled(.rejected(item, error)) }
        }
        transition { core in core.settle(items.count, result) }
    }

    /// Lets time pass, until the leadership ends.
    @usableFromInline
    func pause(_ delay: Duration, _ leadership: Int) async {
        // The one unstructured task: the leader's own may be cancelled, which would cut its sleep short and turn a
        // back-off into a busy loop. It ends with this call, which ends early if the leadership does.
        let sleep = Task<Void, Never>(executorPreference: taskExecutor) { [clock] in
            // Sleeping throws when it is cancelled, which is how it is ended. The standard library's clocks
            // trap on instants that are further off than they can count, so a century has to do.
            try? await clock.sleep(for: min(delay, .seconds(3_155_760_000)))
        }
        let isNoted = core.withLock { core in core.note(pause: sleep, of: leadership) }
        if !isNoted { sleep.cancel() }
        await sleep.value
    }

    /// Changes the state under the lock, and does what follows from the change outside of it.
    @inlinable
    @discardableResult
    func transition<Value: Sendable>(_ change: (inout ChannelCore<Item, Outcome>) -> Value) -> Value {
        let (value, followUp, isReadinessChanged) = core.withLock { core in
            let wasHoldingBack = core.state.isHoldingBack
            let value = change(&core)
            let followUp = core.followUp()
            uncommittedCount.store(core.state.uncommitted, ordering: .relaxed)
            holdsBack.store(core.state.isHoldingBack, ordering: .relaxed)
            return (value, followUp, wasHoldingBack != core.state.isHoldingBack)
        }
        if isReadinessChanged { readinessChanged() }
        followUp.perform()
        return value
    }
}
