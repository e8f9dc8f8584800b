import QueueModel
import QueueStoreKit

/// The lanes as one worker sees them: those that its rules, the pauses, the limits and the rates admit.
///
/// Each domain has its lanes in order. A lane that a ``Gate`` blocks is set aside until what blocks it changes: a job
/// of the group ends, a token comes, bytes have been moved. So a blocked lane costs a claim nothing, however many lanes
/// or jobs there are.
struct ClaimView {
    /// Identifies what a view was derived from; when it changes, the view is derived anew.
    struct Stamp: Equatable {
        var generation: UInt64
        var pauses: UInt64
    }

    /// The time of a claim, and what it may use.
    struct Moment {
        var now: Timestamp
        var ioBudget: IOAmount?
    }

    let worker: Int64
    let stamp: Stamp
    var rules: RuleCache
    /// The division of the worker's slots so far.
    private(set) var shares: FairShare<Int64>
    /// Whether what starts next does so by its group's share.
    var startsInTurn = true
    /// Whether ``first(on:_:_:_:)`` returned `nil` because the front of a lane could not be read.
    private(set) var lacksFront = false
    private var lanes: [LaneStatus] = []
    private var orders: [LaneOrder]
    private var load: WorkerLoad
    private var blocked = BlockedLanes()
    private var ages = LaneAges()
    private var moment = Moment(now: .distantPast)

    init(of worker: Int64, stamp: Stamp, rules: ClaimRules, shares: FairShare<Int64>) {
        self.worker = worker
        self.stamp = stamp
        self.rules = RuleCache(rules)
        self.shares = shares
        self.shares.forgetRunning()
        let domains = rules.admission.domains.count
        orders = Array(repeating: LaneOrder(isFair: self.rules.isFair), count: domains)
        load = WorkerLoad(domains: domains)
    }

    /// Whether the view was derived from these rules: their generation alone does not prove it.
    func follows(_ admission: AdmissionRules) -> Bool { rules.rules.admission == admission }

    /// Counts all running jobs and puts all lanes in order.
    mutating func start(with lanes: LaneSet, _ running: RunningJobs) {
        for job in running.jobs.values { count(job, isNew: false) }
        for index in lanes.lanes.indices { offerHead(of: index, lanes) }
    }

    private mutating func group(_ id: Int64) -> ClaimRules.GroupRules {
        let (group, isNew) = rules.group(id)
        if isNew, rules.isFair { shares.set(group.share, of: id) }
        return group
    }

    private mutating func status(of lane: Int, _ key: LaneKey) -> LaneStatus {
        while lanes.count <= lane { lanes.append(LaneStatus()) }
        if lanes[lane].domain > LaneStatus.unknown { return lanes[lane] }
        var status = LaneStatus(domain: LaneStatus.closed)
        if let type = openType(of: key) {
            let group = group(key.group)
            if key.priority > Int64(rules.rules.admission.leastPriority.rawValue) {
                blocked.addUnderPressure(lane)
            } else {
                status.domain = type.domain
                status.isGated =
                    type.rate != nil || group.rate != nil || group.rule.limit != nil || !key.io.isNone
                    || rules.isFair && group.share.maximumSlots != nil
            }
        }
        lanes[lane] = status
        return status
    }

    /// The rules of a lane's type, if its jobs are claimed here and neither its domain nor its group is paused.
    private mutating func openType(of key: LaneKey) -> ClaimRules.TypeRules? {
        guard let type = rules.type(key.type), !rules.isPaused(domain: type.domain), group(key.group).pause == nil
        else { return nil }
        return type
    }

    /// Whether jobs of a lane are claimed here, and neither their domain nor their group is paused.
    mutating func isOpen(_ key: LaneKey) -> Bool { openType(of: key) != nil }

    // MARK: Changes of the lanes

    /// Notes that a lane has a new head.
    mutating func offer(_ lane: Int, _ head: Int64, key: LaneKey) {
        let known = status(of: lane, key)
        guard known.domain >= 0, !known.isThrottled else { return }
        // A job that came back may have another age than when it left.
        if known.offered != nil, known.head < head || known.head == head && !rules.hasAging { return }
        if rules.hasAging {
            // Its age is looked up when it matters.
            ages.addUnknown(lane)
            return
        }
        insert(lane, Place(priority: key.priority, id: head), head: head, key: key)
    }

    private mutating func insert(_ lane: Int, _ place: Place, head: Int64, key: LaneKey) {
        lanes[lane].offered = place
        lanes[lane].head = head
        orders[lanes[lane].domain].insert(
            LaneEntry(place: place, lane: lane), group: key.group, isUrgent: rules.isUrgent(place, key), &shares)
    }

    private mutating func offerHead(of lane: Int, _ set: LaneSet) {
        let key = set[lane].key
        if let head = set[lane].head {
            offer(lane, head, key: key)
        } else if set[lane].needsRefill, status(of: lane, key).domain >= 0, !lanes[lane].isThrottled {
            // Its front is not known: it comes before all others until it is read.
            insert(lane, Place(priority: 0, id: 0), head: 0, key: key)
        }
    }

    mutating func didStart(_ job: RunningJobs.Job) { count(job, isNew: true) }

    private mutating func count(_ job: RunningJobs.Job, isNew: Bool) {
        guard job.worker == worker else { return }
        load.add(job.lane, domain: rules.type(job.lane.type)?.domain)
        guard rules.isFair else { return }
        _ = group(job.lane.group)
        if isNew { shares.start(job.lane.group, inTurn: startsInTurn) } else { shares.countRunning(job.lane.group) }
    }

    mutating func didStop(_ job: RunningJobs.Job, lanes set: LaneSet) {
        if job.worker == worker {
            load.remove(job.lane, domain: rules.type(job.lane.type)?.domain)
            if rules.isFair {
                shares.stop(job.lane.group)
                for domain in orders.indices { orders[domain].didImprove(job.lane.group, shares) }
            }
            if !job.lane.io.isNone { offerWaitingForRoom(set) }
        }
        if let lanes = blocked.takeFullGroup(job.lane.group) {
            for lane in lanes { offerHead(of: lane, set) }
        }
    }

    private mutating func offerWaitingForRoom(_ set: LaneSet) {
        for lane in blocked.takeWaitingForRoom() { offerHead(of: lane, set) }
    }

    // MARK: Claiming

    /// Charges the time that has passed to the groups whose jobs run.
    mutating func advanceShares(to now: Timestamp) {
        if rules.isFair { shares.advance(to: now) }
    }

    /// Begins a claim: time has passed, tokens have come, budgets have changed.
    mutating func begin(_ moment: Moment, on set: LaneSet) {
        advanceShares(to: moment.now)
        let hadBudget = self.moment.ioBudget
        self.moment = moment
        let now = moment.now.milliseconds
        while let lane = blocked.takeThrottled(upTo: now) { release(lane, on: set) }
        if hadBudget != moment.ioBudget { offerWaitingForRoom(set) }
        while let next = ages.takeStep(upTo: now) {
            guard lanes[next.lane].nextStep == next.instant else { continue }
            lanes[next.lane].nextStep = nil
            if lanes[next.lane].offered != nil { ages.addUnknown(next.lane) }
        }
    }

    /// The first lane that may be claimed from now, with the place of its head.
    mutating func first(
        on set: inout LaneSet, _ running: RunningJobs, _ buckets: inout TokenBuckets, _ reader: LaneReader
    ) throws(QueueError) -> LaneOrder.Candidate? {
        lacksFront = false
        while let lane = ages.takeUnknown() { try age(lane, set, reader) }
        var best: LaneOrder.Candidate?
        for domain in orders.indices {
            if let limit = rules.domains[domain].limit, load.domains[domain] >= limit { continue }
            guard let top = try first(ofDomain: domain, on: &set, running, &buckets, reader) else { continue }
            if best.map({ top < $0 }) ?? true { best = top }
        }
        return best
    }

    private mutating func first(
        ofDomain domain: Int, on set: inout LaneSet, _ running: RunningJobs, _ buckets: inout TokenBuckets,
        _ reader: LaneReader
    ) throws(QueueError) -> LaneOrder.Candidate? {
        while let top = orders[domain].top(shares) {
            let lane = top.entry.lane
            let key = set[lane].key
            if lanes[lane].offered != top.entry.place {
                orders[domain].remove(top, group: key.group)
                continue
            }
            if set[lane].head == nil, !set[lane].needsRefill {
                remove(top, of: domain, key)
                continue
            }
            if lanes[lane].isGated, let block = Gate.firstBlock(of: facts(of: key, running, &buckets)) {
                setAside(top, of: domain, key, for: block)
                continue
            }
            if set[lane].needsRefill {
                guard reader.mayRefill else {
                    lacksFront = true
                    return nil
                }
                set[lane].refill(with: try reader.front(of: key))
            }
            guard let head = set[lane].head else {
                remove(top, of: domain, key)
                continue
            }
            if head == lanes[lane].head { return top }
            // The former head was taken or is gone.
            let place = Place(priority: try priority(of: head, lane, key, reader), id: head)
            lanes[lane].offered = place
            lanes[lane].head = head
            orders[domain].replace(
                top, with: LaneEntry(place: place, lane: lane), group: key.group,
                isUrgent: rules.isUrgent(place, key), &shares)
        }
        return nil
    }

    private mutating func setAside(_ top: LaneOrder.Candidate, of domain: Int, _ key: LaneKey, for block: Gate.Block) {
        let lane = top.entry.lane
        remove(top, of: domain, key)
        switch block.gate {
        case .groupSlot: blocked.addToFullGroup(key.group, lane)
        case .ioRoom: blocked.addWaitingForRoom(lane)
        default:
            // Only rates are left, which know when the next token comes.
            lanes[lane].isThrottled = true
            blocked.addThrottled(lane, until: block.until?.milliseconds ?? 0)
        }
    }

    private mutating func remove(_ top: LaneOrder.Candidate, of domain: Int, _ key: LaneKey) {
        lanes[top.entry.lane].offered = nil
        orders[domain].remove(top, group: key.group)
    }
}

// MARK: - Gates and tokens

extension ClaimView {
    /// The time of the next token that a lane waits for.
    var nextToken: Timestamp? { blocked.nextToken }

    /// The lanes that measured load blocks.
    var heldByLoad: [Int] { blocked.heldByLoad }

    /// The facts that the gates judge a lane by, as far as the view knows them.
    mutating func facts(
        of key: LaneKey, isSuspect: Bool = false, _ running: RunningJobs, _ buckets: inout TokenBuckets
    ) -> GateFacts {
        var facts = GateFacts(now: moment.now, priority: key.jobPriority)
        let group = group(key.group)
        facts.waitsForSuspect = isSuspect && running.suspects > 0
        facts.leastPriority = rules.rules.admission.leastPriority
        facts.groupPause = group.pause
        if key.group != 0 {
            let count = group.rule.scope == .shared ? running.ofGroup[key.group] : load.groups[key.group]
            facts.group = .init(running: count ?? 0, limit: group.rule.limit)
        }
        if rules.isFair, let maximum = group.share.maximumSlots {
            facts.share = .init(running: shares.running(key.group), limit: maximum)
        }
        if !key.io.isNone, let budget = moment.ioBudget {
            facts.io = .init(
                running: load.io.amount, own: key.io.amount, budget: budget, othersRun: load.io.count > 0)
        }
        if let rate = group.rate {
            facts.groupRate = .init(limit: rate.limit, nextToken: buckets.nextToken(of: rate, at: moment.now))
        }
        guard let type = rules.type(key.type) else { return facts }
        facts.domain = .init(running: load.domains[type.domain], limit: rules.domains[type.domain].limit)
        facts.domainPause = rules.pause(ofDomain: type.domain)
        if let rate = type.rate {
            facts.typeRate = .init(limit: rate.limit, nextToken: buckets.nextToken(of: rate, at: moment.now))
        }
        return facts
    }

    /// Whether a job may start now.
    mutating func admits(
        _ key: LaneKey, isSuspect: Bool = false, _ running: RunningJobs, _ buckets: inout TokenBuckets
    ) -> Bool {
        guard rules.claims(type: key.type) else { return false }
        return Gate.firstBlock(of: facts(of: key, isSuspect: isSuspect, running, &buckets)) == nil
    }

    /// Whether measured load blocks a suspect.
    mutating func isHeldByLoad(_ suspect: LaneKey, _ running: RunningJobs, _ buckets: inout TokenBuckets) -> Bool {
        guard rules.claims(type: suspect.type) else { return false }
        switch Gate.firstBlock(of: facts(of: suspect, isSuspect: true, running, &buckets))?.gate {
        case .pressure, .ioRoom: return true
        default: return false
        }
    }

    /// The place of a suspect in the order of lanes.
    mutating func candidate(
        _ id: Int64, _ key: LaneKey, _ reader: LaneReader
    ) throws(QueueError) -> LaneOrder.Candidate {
        var priority = key.priority
        if rules.hasAging { priority = effectivePriority(key, since: try reader.waitsSince(id)) }
        let place = Place(priority: priority, id: id)
        let entry = LaneEntry(place: place, lane: -1)
        return LaneOrder.Candidate(
            rank: rules.isFair && !rules.isUrgent(place, key) ? shares.rank(of: key.group) : nil, entry: entry)
    }

    /// Takes the tokens that a start of a job uses.
    mutating func takeTokens(_ key: LaneKey, _ buckets: inout TokenBuckets) {
        if let rate = rules.type(key.type)?.rate { buckets.take(rate, at: moment.now) }
        if let rate = group(key.group).rate { buckets.take(rate, at: moment.now) }
    }

    /// Returns the tokens of a job that did not start: lanes that found none left may find one.
    mutating func giveBackTokens(_ key: LaneKey, on set: LaneSet, _ buckets: inout TokenBuckets) {
        let rates = [rules.type(key.type)?.rate, group(key.group).rate].compactMap { $0 }
        if rates.isEmpty { return }
        for rate in rates { buckets.giveBack(rate) }
        while let lane = blocked.takeThrottled(upTo: .max) { release(lane, on: set) }
    }

    private mutating func release(_ lane: Int, on set: LaneSet) {
        lanes[lane].isThrottled = false
        offerHead(of: lane, set)
    }
}

// MARK: - Ages

extension ClaimView {
    /// The effective priority of a job that has waited since an instant.
    mutating func effectivePriority(_ key: LaneKey, since start: Int64) -> Int64 {
        rules.effectivePriority(key, since: start, at: moment.now)
    }

    /// Puts a lane in its place that has a new head or has waited a step longer.
    private mutating func age(_ lane: Int, _ set: LaneSet, _ reader: LaneReader) throws(QueueError) {
        guard lanes[lane].domain >= 0, !lanes[lane].isThrottled, let head = set[lane].head else { return }
        let key = set[lane].key
        let place = Place(priority: try priority(of: head, lane, key, reader), id: head)
        if lanes[lane].offered != place { insert(lane, place, head: head, key: key) }
    }

    /// The effective priority of a lane's head; notes when it changes.
    private mutating func priority(
        of head: Int64, _ lane: Int, _ key: LaneKey, _ reader: LaneReader
    ) throws(QueueError) -> Int64 {
        guard let aging = rules.rules.admission.aging else { return key.priority }
        let waited = rules.rules.waited(
            key, domain: lanes[lane].domain, since: try reader.waitsSince(head), at: moment.now)
        if let step = aging.untilNextStep(key.jobPriority, waited: waited) {
            let (instant, overflow) = moment.now.milliseconds.addingReportingOverflow(step)
            // Heads get younger, so what is noted mostly comes first, and then the lane is looked at anyway.
            if !overflow, lanes[lane].nextStep.map({ instant < $0 }) ?? true {
                lanes[lane].nextStep = instant
                ages.addStep(lane, at: instant)
            }
        }
        return Int64(aging.effective(key.jobPriority, waited: waited).rawValue)
    }
}
