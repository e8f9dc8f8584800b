/// What a job has to pass before it is claimed (rule D1): one ordered list, which the claim and the explanation share.
///
/// Each gate is a pure function of ``GateFacts``, in a file of its own. A store supplies the facts and asks
/// ``firstBlock(of:)``; whoever explains a job asks ``blocks(of:)`` with the very same facts.
public enum Gate: UInt8, Hashable, Sendable, CaseIterable {
    /// The queue is not held.
    case queuePause
    /// The job's domain is not held.
    case domainPause
    /// The job's group is not held.
    case groupPause
    /// The job's earliest start has come.
    case due
    /// The job has not outlived its time.
    case expiry
    /// The worker has a free slot.
    case workerSlot
    /// The job's domain has a free slot.
    case domainSlot
    /// The job's group has a free slot, and is below its cap.
    case groupSlot
    /// The job is the only one that is suspected of taking its worker down (rule L4).
    case isolation
    /// The pressure is below the limit for the job's priority.
    case pressure
    /// What runs leaves room for the bytes that the job will move.
    case ioRoom
    /// The job's type has a token.
    case typeRate
    /// The job's group has a token.
    ///
    /// Rates come last, so that no token is spent in vain.
    case groupRate
}
