public import QueueModel

extension AttemptOutcome {
    /// What a recorded end of an attempt led to.
    ///
    /// - Parameters:
    ///   - end: How the attempt ended.
    ///   - state: The state that the store left the job in.
    public init(_ end: Completion.End, recordedAs state: JobState) {
        switch state {
        case .completed: self = .completed
        case .failed: self = .failed
        case .deadLettered: self = .deadLettered
        case .cancelled: self = .cancelled
        case .superseded: self = .superseded
        case .expired: self = .expired
        case .dependencyFailed: self = .dependencyFailed
        case .pending, .blocked, .running, .waiting, .preempted:
            switch end {
            case .retry, .retryInPlace: self = .retried
            case .snooze: self = .snoozed
            case .preempted where state == .preempted: self = .preempted
            case .success: self = .waiting
            case .failure, .deadLetter, .cancelled, .release, .preempted: self = .released
            }
        }
    }
}
