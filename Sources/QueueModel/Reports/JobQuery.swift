/// A query for active and ended jobs.
///
/// A job matches if it meets all conditions that are set.
public struct JobQuery: Sendable, Hashable, Codable {
    /// The ids to match; `nil`: all jobs, empty: none.
    ///
    /// At most 10 000.
    public var ids: Set<JobID>?
    /// The states to match; empty: all.
    public var states: [JobState] = []
    /// The stored types to match; empty: all.
    public var types: [JobType] = []
    /// The domain of the types to match.
    public var domain: String?
    /// The group to match.
    public var group: String?
    /// The range of priorities to match.
    public var priorities: ClosedRange<Priority>?
    /// The tags that a job must have, all of them.
    public var tags: [Tag] = []
    /// The tags of which a job must have at least one; empty: no condition.
    public var anyTags: [Tag] = []
    /// A prefix of a tag key that a job must have, compared byte by byte; empty: any tag.
    public var tagKeyPrefix: String?
    /// The unique key to match.
    public var key: Uniqueness.Key?
    /// The parent whose children match.
    public var parent: JobID?
    /// The range of instants of submission.
    public var submitted: Range<Timestamp>?
    /// The range of instants of ends.
    ///
    /// Active jobs don't match it.
    public var finished: Range<Timestamp>?
    /// The order of the results.
    public var order: Order = .newestFirst
    /// The maximum number of jobs per page, 1…10 000; default 100.
    public var limit: Int = 100
    /// The cursor at which an earlier page ended.
    public var after: Cursor?

    /// An order of jobs.
    public enum Order: UInt8, Hashable, Sendable, Codable {
        /// By id, the last submitted first.
        case newestFirst
        /// By id, the first submitted first.
        case oldestFirst
        /// By the instant of their end, the last first. Only ended jobs match.
        case lastFinishedFirst
    }

    /// The position at which a page ended.
    public struct Cursor: Hashable, Sendable, Codable {
        /// The last job of the page.
        public var id: JobID
        /// The instant at which that job ended, if the results are in that order.
        public var finishedAt: Timestamp?

        /// Creates a cursor.
        public init(id: JobID, finishedAt: Timestamp? = nil) {
            self.id = id
            self.finishedAt = finishedAt
        }
    }

    /// Creates a query; omitted conditions match all jobs.
    public init(
        states: [JobState] = [], types: [JobType] = [], domain: String? = nil, group: String? = nil,
        priorities: ClosedRange<Priority>? = nil, tags: [Tag] = [], anyTags: [Tag] = [],
        tagKeyPrefix: String? = nil, key: Uniqueness.Key? = nil, parent: JobID? = nil,
        submitted: Range<Timestamp>? = nil, finished: Range<Timestamp>? = nil, ids: Set<JobID>? = nil,
        order: Order = .newestFirst, limit: Int = 100, after: Cursor? = nil
    ) {
        self.ids = ids
        self.states = states
        self.types = types
        self.domain = domain
        self.group = group
        self.priorities = priorities
        self.tags = tags
        self.anyTags = anyTags
        self.tagKeyPrefix = tagKeyPrefix
        self.key = key
        self.parent = parent
        self.submitted = submitted
        self.finished = finished
        self.order = order
        self.limit = limit
        self.after = after
    }

    /// The range of ``limit``.
    public static let limits = 1...10_000

    /// Checks the query.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` for the first part that is out of range.
    public func validate() throws(QueueError) {
        guard Self.limits.contains(limit) else {
            throw QueueError(.invalidOption, "the query's limit is \(limit), it must be 1…10000")
        }
        if let ids, ids.count > Self.limits.upperBound {
            throw QueueError(.invalidOption, "the query names \(ids.count) jobs, the limit is 10000")
        }
        let tags = tags.count + anyTags.count
        if tags > JobSubmission.Limits.tags {
            throw QueueError(.invalidOption, "the query names \(tags) tags, the limit is \(JobSubmission.Limits.tags)")
        }
    }
}

extension JobQuery {
    /// A page of the jobs that a query matches.
    public struct Page: Sendable {
        /// The jobs, in the query's order.
        public var jobs: [JobRecord]
        /// The position to continue from; `nil` if this was the last page.
        public var next: JobQuery.Cursor?

        /// Creates a page.
        public init(jobs: [JobRecord], next: JobQuery.Cursor?) {
            self.jobs = jobs
            self.next = next
        }
    }
}

extension JobQuery {
    /// A page of the ids of the jobs that a query matches.
    public struct IDPage: Sendable {
        /// The ids, in the query's order.
        public var ids: [JobID]
        /// The position to continue from; `nil` if this was the last page.
        public var next: JobQuery.Cursor?

        /// Creates a page.
        public init(ids: [JobID], next: JobQuery.Cursor?) {
            self.ids = ids
            self.next = next
        }
    }
}

extension JobQuery {
    /// The position of a bulk operation.
    ///
    /// The operation goes by id and ends at the last job that existed at its beginning. Jobs submitted in the
    /// meantime, by the operation itself or by others, are not affected.
    public struct BulkCursor: Hashable, Sendable, Codable {
        /// The last job that was looked at.
        public var after: JobID
        /// The last job of the operation.
        public var last: JobID

        /// Creates a cursor.
        public init(after: JobID, last: JobID) {
            self.after = after
            self.last = last
        }
    }
}
