/// What a schedule submits, and when: a submission to be made again and again (rule D13).
///
/// A queue makes these from payloads and ``SubmitOptions``. Each occurrence is a job of its own, with everything that the
/// submission says; what a single job alone can have is refused by ``validate(limits:)``.
public struct RecurringJob: Hashable, Sendable, Codable {
    /// What each occurrence submits.
    public var submission: JobSubmission
    /// When the occurrences are due, and how many there are.
    public var recurrence: Recurrence
    /// How long after its submission an occurrence is worth running, above zero, in whole milliseconds; `nil`: for ever.
    public var timeToLive: Duration?

    /// Makes a recurring job.
    ///
    /// What no store keeps is dropped, so that the same job is found to be the same when it is registered again: parts of the time to live
    /// finer than milliseconds, of the submission's timeout finer than nanoseconds, and a policy for dependencies that it can't have.
    public init(_ submission: JobSubmission, _ recurrence: Recurrence, timeToLive: Duration? = nil) {
        self.submission = submission
        self.submission.dependencyPolicy = .cancel
        self.submission.timeout = submission.timeout.map { timeout in
            let (seconds, attoseconds) = timeout.components
            return .seconds(seconds) + .nanoseconds(attoseconds / 1_000_000_000)
        }
        self.recurrence = recurrence
        self.timeToLive = timeToLive.map { .milliseconds($0.wholeMilliseconds) }
    }

    /// Throws what is wrong with it by itself: the rules of a submission (S7), those of a recurrence, and what does not go
    /// together with coming again.
    ///
    /// An earliest start and an expiry are instants, which an occurrence has of its own; dependencies and a parent end, and the
    /// schedule goes on.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` for such a part, ``QueueError/Code/invalidSchedule`` for the recurrence, and what
    ///   ``JobSubmission/validate(limits:)`` throws.
    public func validate(limits: SubmissionLimits = .default) throws(QueueError) {
        try submission.validate(limits: limits)
        try recurrence.validate()
        let excess: String? =
            if submission.runAfter != nil {
                "an earliest start; say when it begins with the recurrence's initial delay"
            } else if submission.expiresAt != nil {
                "an instant at which it expires; give it a time to live"
            } else if !submission.dependencies.isEmpty {
                "dependencies, which end before it does"
            } else if submission.parent != nil {
                "a parent, which ends before it does"
            } else if submission.origin != nil || submission.occurrence != nil {
                "a job that it repeats"
            } else {
                nil
            }
        if let excess { throw QueueError(.invalidOption, "a recurring job can't have \(excess)") }
        if let timeToLive, timeToLive <= .zero {
            throw QueueError(.invalidOption, "the time to live is \(timeToLive), it must be above zero")
        }
    }
}
