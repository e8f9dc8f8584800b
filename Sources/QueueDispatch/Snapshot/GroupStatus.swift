public import QueueModel

extension QueueSnapshot {
    /// How a group stands, as a queue with its limits sees it.
    public struct GroupStatus: Hashable, Sendable, Codable {
        /// The group's name; `nil`: all jobs without a group.
        public var name: String?
        /// Its jobs that have not ended, on whatever worker.
        public var counts: ActiveCounts
        /// How many of its jobs run, of those that the limit counts: all of the store, or with the scope ``LimitScope/worker`` those that run
        /// on this queue.
        public var running: Int
        /// How many of these may run at once; `nil`: no limit.
        public var limit: Int?
        /// Whose running jobs the limit counts.
        public var scope: LimitScope
        /// Its rate with the tokens that are left; `nil`: it has none.
        public var rate: RateStatus?
        /// Its weight, minimum and cap; `nil`: the queue does not divide its slots by share.
        public var share: GroupShare?
        /// How many of this queue's slots it is entitled to; `nil`: the queue does not divide its slots by share.
        ///
        /// Divided among the groups that have jobs running here or due now, as ``FairSharePolicy/allocate(_:among:)`` does; parts of slots are
        /// meant over time. Holds, rates, domains and pressure are not looked at.
        public var allocation: Double?
    }
}
