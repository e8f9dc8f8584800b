public import QueueModel

extension JobQueue {
    /// The limits of a queue that can change while it exists; they apply to this worker, from its next claim on.
    public struct Limits: Sendable {
        let core: QueueCore

        /// Changes how many jobs this worker runs at once; at least 1.
        ///
        /// Jobs that run above a lower limit continue.
        ///
        /// - Throws: ``QueueError/Code/invalidOption`` for a limit out of range.
        public func setConcurrency(_ limit: Int) throws(QueueError) {
            guard limit >= 1 else {
                throw QueueError(.invalidOption, "the concurrency is \(limit), it must be at least 1")
            }
            core.rules.change { $0.concurrency = limit }
            core.wake()
        }

        /// Changes how many jobs of a domain this worker runs at once; at least 1, `nil`: no limit.
        ///
        /// - Throws: ``QueueError/Code/invalidOption`` for a limit out of range, or a domain that is not registered.
        public func setConcurrency(_ limit: Int?, ofDomain domain: String) throws(QueueError) {
            if let limit, limit < 1 {
                throw QueueError(
                    .invalidOption, "the concurrency of domain \"\(domain)\" is \(limit), it must be at least 1")
            }
            guard core.rules.change({ $0.setDomain(domain, limit: limit) }) else {
                throw QueueError(.invalidOption, "the domain \"\(domain)\" is not registered with this queue")
            }
            core.wake()
        }

        /// Changes the rule of a group; `nil`: the rule of groups that have none of their own.
        public func setRule(_ rule: GroupRule?, ofGroup group: String) throws(QueueError) {
            try TextRule.group.check(group)
            try rule?.validate("of group \"\(group)\"")
            core.rules.change { $0.setGroup(group, rule: rule) }
            core.wake()
        }

        /// Changes how often jobs of a type may start; `nil`: without a limit.
        ///
        /// Other queues that run the type have limits of their own over the same token bucket. The bucket keeps its
        /// tokens, up to the new burst.
        ///
        /// - Parameters:
        ///   - limit: The limit.
        ///   - type: The job type.
        ///   - domain: The domain, if the type is registered in several; `nil`: the only one.
        /// - Throws: ``QueueError/Code/invalidOption``, ``QueueError/Code/unknownJobType``,
        ///   ``QueueError/Code/ambiguousJobType``.
        public func setRateLimit<Payload: Job>(
            _ limit: RateLimit?, of type: Payload.Type, domain: String? = nil
        ) throws(QueueError) {
            try limit?.validate()
            let executor = try core.registry.executor(for: type, domain: domain)
            let types = core.registry.byType.filter { $0.value === executor }.map(\.key)
            core.rules.change { $0.setRate(limit, of: types, bucket: executor.type) }
            core.wake()
        }

        /// Changes how waiting jobs become more urgent; `nil`: they do not.
        public func setAging(_ policy: AgingPolicy?) throws(QueueError) {
            try policy?.validate()
            core.rules.change { $0.setAging(policy) }
            core.wake()
        }

        /// Changes how this worker's slots are divided between groups; `nil`: by priority alone.
        ///
        /// What groups have used so far still counts.
        public func setFairShare(_ policy: FairSharePolicy?) throws(QueueError) {
            try policy?.validate()
            core.rules.change { $0.setFairShare(policy) }
            core.wake()
        }
    }
}
