public import QueueModel

extension QueueSnapshot {
    /// A job that runs here, as a snapshot shows it: ``RunningJob`` without what may be large or secret.
    public struct RunningStatus: Hashable, Sendable, Codable {
        /// The job.
        public var id: JobID
        /// Its stored type.
        public var type: JobType
        /// Its group; `nil`: none.
        public var group: String?
        /// Its priority.
        public var priority: Priority
        /// The number of the present attempt.
        public var attempt: Int
        /// When the present attempt began.
        public var startedAt: Timestamp
        /// How far it is, reported or estimated; `nil` if nothing is known of it.
        public var progress: JobProgress?
        /// Why it was asked to stop, if it was.
        public var cancellation: CancellationReason?

        init(_ job: RunningJob) {
            id = job.job.id
            type = job.job.type
            group = job.job.group
            priority = job.job.priority
            attempt = job.attempt
            startedAt = job.startedAt
            progress = job.progress
            cancellation = job.cancellation
        }
    }
}
