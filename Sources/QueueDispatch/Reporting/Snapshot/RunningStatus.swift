public import QueueModel

extension QueueSnapshot {
    /// A job that runs here: ``JobQueue/RunningJob`` without the parts that may be large or secret.
    public struct RunningStatus: Hashable, Sendable, Codable {
        /// The job's id.
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
        /// Its progress, reported or estimated; `nil` if nothing is known of it.
        public var progress: JobProgress?
        /// The reason for which it was asked to stop; `nil` if it was not.
        public var cancellation: JobContext.CancellationReason?

        init(_ job: JobQueue.RunningJob) {
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
