package import QueueModel

/// The checked part of a stored job.
package struct StoredJob: Sendable {
    /// The job.
    package var id: JobID
    /// Its stored type.
    package var type: JobType
    /// Its state.
    package var state: JobState
    /// Its last attempt.
    package var attempt: Int
    /// Its unique key.
    package var key: Uniqueness.Key?
    /// Whether the queue itself made it of another, or of a schedule.
    package var isCopy: Bool
    /// What it says of itself.
    package var plan: JobPlan?

    /// Makes what is to be looked at of a record.
    package init(_ record: JobRecord) {
        id = record.id
        type = record.type
        state = record.state
        attempt = record.attempt
        key = record.key
        isCopy = record.origin != nil || record.occurrence != nil
        plan = JobPlan(payload: record.payload)
    }
}
