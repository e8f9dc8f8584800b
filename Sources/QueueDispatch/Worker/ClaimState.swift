import QueueModel

/// The reasons for and against a claim.
///
/// Claims are made only when something may have changed. A turn that asks for jobs takes the hint (`mayHaveWork`);
/// one that stores completions without a claim leaves a hint, since it may have freed what a later claim can use.
///
/// | State | Event | State |
/// |---|---|---|
/// | any | signal, timer, change of limits or pauses, lost job | `mayHaveWork` |
/// | `mayHaveWork`, slots free | `limit` | hint taken, asks for the free slots |
/// | no slot free, `mayPreempt` | `limit` | asks for 0 jobs: only whether others have to be preempted |
/// | held back, waiting for a retry, recovering, in doubt, stopping | `limit` | asks for nothing, keeps the hint |
/// | any | answer as long as asked for | `mayHaveWork`: there may be more |
/// | any | `failed` without a lost lease | in doubt: jobs may be this worker's without its knowledge |
/// | in doubt | lost claims found, or a new lease | certain |
struct ClaimState: Sendable {
    /// Whether something has happened since the last claim that may have made a job claimable.
    var mayHaveWork = true
    /// Whether a job has come since the last claim that others may have to be preempted for.
    var mayPreempt = false
    /// Whether the answer to a turn, or to one of a job's attempts, was lost: jobs may be this worker's without its
    /// knowledge.
    var isInDoubt = false
    /// Whether a job was given up since the loop looked: the next look is in doubt.
    var hasGivenUp = false
    /// The error for which the worker stops by itself: a claim failed for good.
    var fatalError: QueueError?
    /// Failed claims in a row.
    private(set) var failures = 0

    /// Decides how many jobs a turn asks for: 0 only asks whether others have to be preempted, `nil` asks nothing.
    ///
    /// - Parameters:
    ///   - free: The number of free slots; `nil` if nothing may be claimed now.
    ///   - finishing: Whether the turn stores completions.
    mutating func limit(free: Int?, finishing: Bool) -> Int? {
        let limit: Int? =
            if let free, free > 0, mayHaveWork || finishing {
                free
            } else {
                free != nil && mayPreempt ? 0 : nil
            }
        if limit != nil { mayPreempt = false }
        mayHaveWork = limit ?? 0 == 0 && (mayHaveWork || finishing)
        return limit
    }

    /// Returns whether claims are in doubt, with what was given up since the last look.
    mutating func takeDoubt() -> Bool {
        if hasGivenUp { isInDoubt = true }
        hasGivenUp = false
        return isInDoubt
    }

    mutating func succeeded() {
        failures = 0
    }

    /// Counts a failure; returns how many there have been in a row.
    mutating func failed() -> Int {
        failures += 1
        return failures
    }
}
