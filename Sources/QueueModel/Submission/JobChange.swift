/// A change of a job's state that something else caused.
public struct JobChange: Hashable, Sendable {
    /// The job.
    public var id: JobID
    /// Its stored type.
    public var type: JobType
    /// Its state now.
    public var state: JobState
    /// The job that caused the change, if one did.
    public var cause: JobID?
    /// How long after its submission a job ended that expired (rule Q7); `nil` for other changes.
    public var age: Duration?

    /// Makes a change.
    public init(id: JobID, type: JobType, state: JobState, cause: JobID? = nil, age: Duration? = nil) {
        self.age = age
        self.id = id
        self.type = type
        self.state = state
        self.cause = cause
    }
}
