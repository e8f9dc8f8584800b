import QueueModel
import QueueStoreKit

/// The facts by which a worker's claim selects jobs: rules, pauses, running jobs, remaining tokens and shares.
///
/// This is the only place where the ``GateFacts`` of a job are determined. Tokens and slots that a claim uses are
/// subtracted here, and take effect when ``MemoryState`` stores them.
struct Admission: Sendable {
    /// The worker's rules.
    let rules: AdmissionRules
    /// The current time.
    let now: Timestamp
    /// The tokens used of each rate.
    private(set) var buckets: [RateBucket: TokenBucket]
    /// How the worker's slots are divided; `nil` without fair share.
    private(set) var shares: FairShare<String?>?

    /// The worker that claims.
    let worker: WorkerID?
    private let preemptsAt: Priority?
    private let pauses: [Pause]
    private let log: PauseLog
    private var here = 0
    private var ofDomain: [Int: Int] = [:]
    private var ofGroup: [String: Int] = [:]
    private var ofGroupHere: [String: Int] = [:]
    private var suspectRuns = false
    private var moving = IOTotal()

    /// Collects the facts from the store's state.
    init(
        _ rules: AdmissionRules, worker: WorkerID?, preemptsAt: Priority? = nil, in state: MemoryState,
        at now: Timestamp
    ) {
        self.rules = rules
        self.now = now
        self.worker = worker
        self.preemptsAt = preemptsAt
        pauses = state.pauses.inForce(at: now)
        log = rules.aging == nil ? PauseLog() : state.pauses.log
        buckets = state.buckets
        let known = worker.flatMap { state.workers.shares[$0] }
        if rules.fairShare != nil {
            shares = known ?? FairShare()
            shares?.advance(to: now)
        }
        for record in state.jobs.runningRecords {
            count(record, isHere: worker != nil && record.worker == worker)
            if record.worker == worker, shares != nil {
                prepare(record)
                if known == nil { shares?.countRunning(record.group) }
            }
        }
    }

    private mutating func count(_ record: JobRecord, isHere: Bool) {
        if let group = record.group { ofGroup[group, default: 0] += 1 }
        if record.isSuspect { suspectRuns = true }
        guard isHere else { return }
        here += 1
        if let group = record.group { ofGroupHere[group, default: 0] += 1 }
        if let domain = domain(of: record.type) { ofDomain[domain, default: 0] += 1 }
        moving.add(IOSize(record.expectedIO))
    }

    /// Returns the index of a type's domain; `nil` if its jobs are not claimed.
    func domain(of type: JobType) -> Int? {
        rules.types[type].flatMap { rules.domains.indices.contains($0) ? $0 : nil }
    }

    /// Whether jobs of a type are claimed here.
    func claims(_ type: JobType) -> Bool { domain(of: type) != nil }

    /// Whether the whole queue is paused.
    var isQueuePaused: Bool { pause(on: .queue) != nil }

    /// Whether a job's domain or group is paused.
    func isPaused(_ record: JobRecord) -> Bool {
        guard let facts = facts(of: record) else { return false }
        return facts.domainPause != nil || facts.groupPause != nil
    }

    private func rule(of group: String) -> GroupRule { rules.groups[group] ?? rules.otherGroups }

    /// Prepares the share and buckets of a job before its gates are checked: they may be new, or their limits may have
    /// changed.
    mutating func prepare(_ record: JobRecord) {
        if let policy = rules.fairShare { shares?.set(policy.share(of: record.group), of: record.group) }
        for (bucket, limit) in rates(of: record) { _ = buckets[bucket]?.settle(under: limit, at: now) }
    }

    /// Counts a started job against the limits, rates and shares of those that follow.
    mutating func start(_ record: JobRecord, as rank: Rank) {
        shares?.start(record.group, inTurn: rank.precedence == .others)
        for (bucket, limit) in rates(of: record) {
            buckets[bucket, default: TokenBucket()].take(of: limit, at: now)
        }
        count(record, isHere: true)
    }
}

/// The type or group that a token bucket belongs to.
enum RateBucket: Hashable, Sendable {
    case type(JobType)
    case group(String)
}

// MARK: - Gates

extension Admission {
    /// Returns the rates of which a job takes a token.
    private func rates(of record: JobRecord) -> [(RateBucket, RateLimit)] {
        let ofType = rules.typeRates[record.type].map { (RateBucket.type($0.bucket), $0.limit) }
        let ofGroup = record.group.flatMap { group in rule(of: group).rate.map { (RateBucket.group(group), $0) } }
        return [ofType, ofGroup].compactMap { $0 }
    }

    /// Returns the facts by which the gates decide on a job; `nil` if its type is not claimed.
    func facts(of record: JobRecord) -> GateFacts? {
        guard let domain = domain(of: record.type) else { return nil }
        var facts = GateFacts(now: now, priority: record.priority)
        facts.queuePause = pause(on: .queue)
        facts.domainPause = pause(on: .domain(rules.domains[domain].name))
        facts.groupPause = record.group.flatMap { pause(on: .group($0)) }
        facts.runAfter = record.runAfter
        facts.expiresAt = record.expiresAt
        facts.worker = .init(running: here, limit: rules.concurrency)
        facts.domain = .init(running: ofDomain[domain, default: 0], limit: rules.domains[domain].limit)
        if let group = record.group {
            let rule = rule(of: group)
            let running = rule.scope == .shared ? ofGroup : ofGroupHere
            facts.group = .init(running: running[group, default: 0], limit: rule.limit)
        }
        if let policy = rules.fairShare, let shares {
            facts.share = .init(
                running: shares.running(record.group), limit: policy.share(of: record.group).maximumSlots)
        }
        facts.waitsForSuspect = record.isSuspect && suspectRuns
        facts.leastPriority = rules.leastPriority
        let size = IOSize(record.expectedIO)
        if let budget = rules.ioBudget, !size.isNone {
            facts.io = .init(running: moving.amount, own: size.amount, budget: budget, othersRun: moving.jobs > 0)
        }
        for (bucket, limit) in rates(of: record) {
            let next = buckets[bucket, default: TokenBucket()].nextToken(of: limit, at: now)
            let fact = GateFacts.RateFact(limit: limit, nextToken: next)
            switch bucket {
            case .type: facts.typeRate = fact
            case .group: facts.groupRate = fact
            }
        }
        return facts
    }

    /// Returns the first gate that blocks a ready job from being claimed.
    ///
    /// The worker's own limit is not checked, since a claim is given its slots. Neither is expiry: an expired job
    /// ends when it is its turn, so blocked jobs need not be searched for expired ones.
    func block(of record: JobRecord) -> Gate.Block? {
        guard var facts = facts(of: record) else { return nil }
        facts.worker.limit = nil
        facts.expiresAt = nil
        // A job that was due stays so when the clock is set back; else the first of a lane would hold back those
        // behind it.
        facts.runAfter = nil
        return Gate.firstBlock(of: facts)
    }

    /// Returns the pause of a target, with the latest end of all its pauses.
    private func pause(on target: Pause.Target) -> GateFacts.PauseFact? {
        let ends = pauses.filter { $0.target == target }.map { $0.until ?? .distantFuture }
        return ends.max().map { GateFacts.PauseFact(until: $0 == .distantFuture ? nil : $0) }
    }
}

// MARK: - Order

extension Admission {
    /// The position of a job among those that a claim may take; the least is next.
    struct Rank: Comparable, Sendable {
        /// The order of jobs before shares are considered.
        enum Precedence: Comparable, Sendable {
            /// Jobs for which others are preempted: a slot that was freed for one must not go to another job.
            case preemptors
            /// Jobs that aging has made urgent.
            case urgent
            case others
        }

        var precedence: Precedence
        /// The rank of its group; `nil` if shares do not count.
        var share: FairShare<String?>.Rank?
        var priority: Priority
        var id: JobID

        static func < (left: Rank, right: Rank) -> Bool {
            if left.precedence != right.precedence { return left.precedence < right.precedence }
            if let mine = left.share, let other = right.share, mine != other { return mine < other }
            return (left.priority, left.id) < (right.priority, right.id)
        }
    }

    /// Returns the position of a job.
    func rank(of entry: JobEntry) -> Rank {
        let record = entry.record
        let priority = effectivePriority(of: entry)
        var rank = Rank(precedence: .others, priority: priority, id: record.id)
        if let preemptsAt, record.priority <= preemptsAt {
            rank.precedence = .preemptors
        } else if let policy = rules.fairShare {
            if let urgent = policy.urgent, priority < record.priority, priority <= urgent {
                rank.precedence = .urgent
            } else {
                rank.share = shares?.rank(of: record.group)
            }
        }
        return rank
    }

    /// Returns the priority by which a job is claimed.
    func effectivePriority(of entry: JobEntry) -> Priority {
        let base = entry.record.priority
        return rules.aging?.effective(base, waited: waited(entry)) ?? base
    }

    /// Returns for how many milliseconds a job has waited, without the time for which it was paused or preempted.
    private func waited(_ entry: JobEntry) -> Int64 {
        let record = entry.record
        let begin = max(record.submittedAt, record.runAfter ?? record.submittedAt)
        let start = begin.advanced(by: .milliseconds(entry.preemptedFor))
        guard start < now, let domain = domain(of: record.type) else { return 0 }
        let span = now.since(start).wholeMilliseconds
        return span
            - log.held(
                domain: rules.domains[domain].name, group: record.group, from: start.milliseconds,
                until: now.milliseconds)
    }
}

/// The bytes that running jobs are expected to move.
private struct IOTotal: Sendable {
    private(set) var amount = IOAmount.zero
    private(set) var jobs = 0

    mutating func add(_ size: IOSize) {
        if size.isNone { return }
        jobs += 1
        let own = size.amount
        amount.diskRead = Self.sum(amount.diskRead, own.diskRead)
        amount.diskWritten = Self.sum(amount.diskWritten, own.diskWritten)
        amount.networkReceived = Self.sum(amount.networkReceived, own.networkReceived)
        amount.networkSent = Self.sum(amount.networkSent, own.networkSent)
    }

    private static func sum(_ left: Int64, _ right: Int64) -> Int64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}
