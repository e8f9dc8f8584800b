public import QueueModel

extension QueueSnapshot {
    /// The state of a group, with the limits of this queue.
    public struct GroupStatus: Hashable, Sendable, Codable {
        /// The group's name; `nil`: all jobs without a group.
        public var name: String?
        /// The number of its jobs that have not ended, on all workers.
        public var counts: StoreSnapshot.ActiveCounts
        /// The number of its running jobs that the limit counts: on all workers, or with the scope
        /// ``GroupRule/Scope/worker`` on this queue.
        public var running: Int
        /// The number of these that may run at once; `nil`: no limit.
        public var limit: Int?
        /// The scope of the limit.
        public var scope: GroupRule.Scope
        /// Its rate limit with the tokens that are left; `nil`: none.
        public var rate: StoreSnapshot.RateStatus?
        /// Its weight, minimum and cap; `nil`: the queue does not divide its slots by share.
        public var share: FairSharePolicy.Share?
        /// The number of this queue's slots that it is entitled to; `nil`: the queue does not divide its slots by
        /// share.
        ///
        /// The slots are divided among the groups that have jobs running here or due now; fractions of slots hold over
        /// time. Pauses, rates, domains and pressure are not considered.
        public var allocation: Double?
    }
}
