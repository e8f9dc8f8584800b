/// Which jobs are meant, active and ended alike (rule Q1).
///
/// All conditions that are set have to hold.
public struct JobQuery: Sendable, Hashable, Codable {
    /// One of these jobs; `nil`: any, empty: none.
    ///
    /// At most 10 000.
    public var ids: Set<JobID>?
    /// In one of these states; empty: in any.
    public var states: [JobState] = []
    /// Of one of these stored types; empty: of any.
    public var types: [JobType] = []
    /// Of a type of this domain.
    public var domain: String?
    /// In this group.
    public var group: String?
    /// With a priority in this range.
    public var priorities: ClosedRange<Priority>?
    /// With all of these tags.
    public var tags: [Tag] = []
    /// With at least one of these tags; empty: whatever its tags.
    public var anyTags: [Tag] = []
    /// With a tag whose key begins so, byte by byte; empty: with a tag at all.
    public var tagKeyPrefix: String?
    /// With this unique key.
    public var key: Uniqueness.Key?
    /// Children of this job.
    public var parent: JobID?
    /// Submitted in this range.
    public var submitted: Range<Timestamp>?
    /// Ended in this range.
    ///
    /// Active jobs are not in it.
    public var finished: Range<Timestamp>?
    /// The order of the answer.
    public var order: Order = .newestFirst
    /// At most so many jobs a page, 1…10 000; default 100.
    public var limit: Int = 100
    /// Go on after the job where an earlier page ended.
    public var after: Cursor?

    /// An order of jobs.
    public enum Order: UInt8, Hashable, Sendable, Codable {
        /// By id, the last submitted first.
        case newestFirst
        /// By id, the first submitted first.
        case oldestFirst
        /// By the end, the last ended first. Only ended jobs are in the answer.
        case lastFinishedFirst
    }

    /// Where a page ended.
    public struct Cursor: Hashable, Sendable, Codable {
        /// The last job of the page.
        public var id: JobID
        /// When it ended, where that is the order.
        public var finishedAt: Timestamp?

        /// Makes a cursor.
        public init(id: JobID, finishedAt: Timestamp? = nil) {
            self.id = id
            self.finishedAt = finishedAt
        }
    }

    /// Makes a query for all jobs, the newest first.
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

    /// Throws what is wrong with the query by itself.
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
    /// A page of the jobs that a query means.
    public struct Page: Sendable {
        /// The jobs, in the query's order.
        public var jobs: [JobRecord]
        /// Where to go on; `nil` if this was the last page.
        public var next: JobQuery.Cursor?

        /// Makes a page.
        public init(jobs: [JobRecord], next: JobQuery.Cursor?) {
            self.jobs = jobs
            self.next = next
        }
    }
}

extension JobQuery {
    /// A page of the ids of the jobs that a query means.
    public struct IDPage: Sendable {
        /// The ids, in the query's order.
        public var ids: [JobID]
        /// Where to go on; `nil` if this was the last page.
        public var next: JobQuery.Cursor?

        /// Makes a page.
        public init(ids: [JobID], next: JobQuery.Cursor?) {
            self.ids = ids
            self.next = next
        }
    }
}

extension JobQuery {
    /// How far a bulk operation has come.
    ///
    /// It goes by the id, and ends at the last job that there was at its beginning: what is submitted meanwhile, by the operation itself or by
    /// others, is not meant.
    public struct BulkCursor: Hashable, Sendable, Codable {
        /// The last job that was looked at.
        public var after: JobID
        /// The last job that is meant.
        public var last: JobID

        /// Makes a cursor.
        public init(after: JobID, last: JobID) {
            self.after = after
            self.last = last
        }
    }
}
