/// Where a job is in its life (rule L1).
///
/// Terminal states are final.
public enum JobState: UInt8, Hashable, Sendable, Codable, CaseIterable {
    /// Waits for its turn, or for its earliest start.
    case pending = 0
    /// Waits for its dependencies.
    case blocked = 1
    /// Claimed by a worker.
    case running = 2
    /// Has executed and waits for its children.
    case waiting = 3
    /// Asked to make room for a more urgent job, and pending again once no such job runs.
    case preempted = 4

    /// Ended as it should.
    case completed = 16
    /// Ended with an error that a retry would not fix.
    case failed = 17
    /// Ended with its retries used up, or as the killer of its worker.
    case deadLettered = 18
    /// Ended because somebody asked for it.
    case cancelled = 19
    /// Ended because another submission took its place.
    case superseded = 20
    /// Ended because it was not started within its time to live.
    case expired = 21
    /// Ended because a job that it depends on ended otherwise than completed.
    case dependencyFailed = 22

    /// Whether the job has ended for good.
    @inlinable
    public var isTerminal: Bool { rawValue >= 16 }

    /// The states of jobs that have not ended.
    public static let active: [JobState] = allCases.filter { !$0.isTerminal }
    /// The states of jobs that have ended.
    public static let terminal: [JobState] = allCases.filter(\.isTerminal)
}
