import QueueModel
import QueueStoreKit

/// The lanes as one worker sees them: which its rules, the holds, the limits and the rates let through.
///
/// Lanes stand in an order a domain. A lane that a ``Gate`` holds back stands aside until what holds it changes: a job of the group ends, a
/// token comes, bytes are moved. So nothing that is held back costs a claim anything, however many lanes or jobs it has.
struct ClaimView {
    /// What a view was derived from; with another stamp it is derived anew.
    struct Stamp: Equatable {
        var generation: UInt64
        var pauses: UInt64
    }

    /// The moment of a claim, and what it may use up.
    struct Moment {
        var now: Timestamp
        var ioBudget: IOAmount?
    }

    private struct Standing {
        /// -1: nothing of the lane is claimed here, or it is held.
        var domain: Int
        /// Whether a gate may hold it back that looks at more than its domain.
        var isJudged: Bool
        /// The place with which it stands in its order; entries with another are void.
        var offered: Place?
        /// The job that the place stands for.
        var head: Int64 = 0
        /// Whether it stands aside until an instant.
        var isThrottled = false
        /// When it is looked at for another effective priority.
        var nextStep: Int64?
    }

    let worker: Int64
    let stamp: Stamp
    private let terms: ClaimTerms
    private var types: [Int64: ClaimTerms.TypeTerms?] = [:]
    private var groups: [Int64: ClaimTerms.GroupTerms] = [:]
    private var lanes: [Standing] = []
    private var orders: [LaneOrder]
    private var domainRunning: [Int]
    private var groupRunning: [Int64: Int] = [:]
    /// How the worker's slots were divided so far.
    private(set) var shares: FairShare<Int64>
    /// Whether what starts next does so by its group's share.
    var startsInTurn = true
    private let isFair: Bool
    private let heldDomains: [Bool]

    /// Lanes whose group is full, by group.
    private var fullGroups: [Int64: [Int]] = [:]
    /// Lanes that wait for a token.
    private var throttled = MinHeap<LaneInstant>()
    /// When lanes reach another effective priority.
    private var steps = MinHeap<LaneInstant>()
    /// Lanes with a new head whose age is not known yet.
    private var unaged: [Int] = []
    /// Lanes that wait for room to move bytes.
    private var waitingForRoom: [Int] = []
    /// Lanes that the pressure holds.
    private var strained: [Int] = []
    private var moving = IOTotal()
    private var moment = Moment(now: .distantPast)
    /// Whether the last answer is none because the front of a lane could not be read.
    private(set) var lacksFront = false

    init(of worker: Int64, stamp: Stamp, terms: ClaimTerms, shares: FairShare<Int64>) {
        self.worker = worker
        self.stamp = stamp
        self.terms = terms
        self.shares = shares
        self.shares.forgetRunning()
        isFair = terms.rules.fairShare != nil
        let domains = terms.rules.domains
        orders = Array(repeating: LaneOrder(isFair: isFair), count: domains.count)
        domainRunning = Array(repeating: 0, count: domains.count)
        heldDomains = domains.map { terms.pause(on: .domain($0.name)) != nil }
    }

    /// Whether it was derived from these rules, of which the number is only their giver's word.
    func follows(_ rules: AdmissionRules) -> Bool { terms.rules == rules }

    /// Takes stock.
    mutating func start(with lanes: LaneSet, _ running: RunningJobs) {
        for job in running.jobs.values { count(job, isNew: false) }
        for index in lanes.lanes.indices { offerHead(of: index, lanes) }
    }

    // MARK: Terms

    private mutating func type(_ id: Int64) -> ClaimTerms.TypeTerms? {
        if let known = types[id] { return known }
        let made = terms.type(id)
        types[id] = made
        return made
    }

    private mutating func group(_ id: Int64) -> ClaimTerms.GroupTerms {
        if let known = groups[id] { return known }
        let made = terms.group(id)
        groups[id] = made
        if isFair { shares.set(made.share, of: id) }
        return made
    }

    private mutating func standing(of lane: Int, _ key: LaneKey) -> Standing {
        while lanes.count <= lane { lanes.append(Standing(domain: -2, isJudged: false)) }
        if lanes[lane].domain > -2 { return lanes[lane] }
        var standing = Standing(domain: -1, isJudged: false)
        if let type = openType(of: key) {
            let group = group(key.group)
            if key.priority > Int64(terms.rules.leastPriority.rawValue) {
                strained.append(lane)
            } else {
                standing.domain = type.domain
                standing.isJudged =
                    type.rate != nil || group.rate != nil || group.rule.limit != nil || !key.io.isNone
                    || isFair && group.share.maximumSlots != nil
            }
        }
        lanes[lane] = standing
        return standing
    }

    /// The type of a lane that is claimed here and lies under no hold.
    private mutating func openType(of key: LaneKey) -> ClaimTerms.TypeTerms? {
        guard let type = type(key.type), !heldDomains[type.domain], group(key.group).pause == nil else { return nil }
        return type
    }

    /// Whether jobs of a lane are claimed here and lie under no hold.
    mutating func isOpen(_ key: LaneKey) -> Bool { openType(of: key) != nil }

    // MARK: News

    /// A lane has a new head.
    mutating func offer(_ lane: Int, _ head: Int64, key: LaneKey) {
        let known = standing(of: lane, key)
        guard known.domain >= 0, !known.isThrottled else { return }
        // One that came back may have another age than when it left.
        if known.offered != nil, known.head < head || known.head == head && terms.rules.aging == nil { return }
        if terms.rules.aging != nil {
            // Its age is looked up when it matters.
            unaged.append(lane)
            return
        }
        insert(lane, Place(priority: key.priority, id: head), head: head, key: key)
    }

    private mutating func insert(_ lane: Int, _ place: Place, head: Int64, key: LaneKey) {
        lanes[lane].offered = place
        lanes[lane].head = head
        orders[lanes[lane].domain].insert(
            LaneEntry(place: place, lane: lane), group: key.group, isUrgent: isUrgent(place, key), &shares)
    }

    /// Whether a lane comes before all shares.
    private func isUrgent(_ place: Place, _ key: LaneKey) -> Bool {
        guard terms.rules.aging != nil, let urgent = terms.rules.fairShare?.urgent else { return false }
        return place.priority < key.priority && place.priority <= Int64(urgent.rawValue)
    }

    private mutating func offerHead(of lane: Int, _ set: LaneSet) {
        let key = set[lane].key
        if let head = set[lane].head {
            offer(lane, head, key: key)
        } else if set[lane].needsRefill, standing(of: lane, key).domain >= 0, !lanes[lane].isThrottled {
            // Its front is not known: it stands before all others until it is looked at.
            insert(lane, Place(priority: 0, id: 0), head: 0, key: key)
        }
    }

    mutating func didStart(_ job: RunningJobs.Job) { count(job, isNew: true) }

    private mutating func count(_ job: RunningJobs.Job, isNew: Bool) {
        guard job.worker == worker else { return }
        if let type = type(job.lane.type) { domainRunning[type.domain] += 1 }
        if job.lane.group != 0 { groupRunning[job.lane.group, default: 0] += 1 }
        if isFair {
            _ = group(job.lane.group)
            if isNew { shares.start(job.lane.group, inTurn: startsInTurn) } else { shares.countRunning(job.lane.group) }
        }
        moving.add(job.lane.io)
    }

    mutating func didStop(_ job: RunningJobs.Job, lanes set: LaneSet) {
        if job.worker == worker {
            if let type = type(job.lane.type) { domainRunning[type.domain] -= 1 }
            if job.lane.group != 0 { groupRunning[job.lane.group, default: 1] -= 1 }
            if isFair {
                shares.stop(job.lane.group)
                for domain in orders.indices { orders[domain].didImprove(job.lane.group, shares) }
            }
            moving.remove(job.lane.io)
            if !job.lane.io.isNone { offerWaitingForRoom(set) }
        }
        if let aside = fullGroups.removeValue(forKey: job.lane.group) {
            for index in aside { offerHead(of: index, set) }
        }
    }

    private mutating func offerWaitingForRoom(_ set: LaneSet) {
        let aside = waitingForRoom
        waitingForRoom = []
        for index in aside { offerHead(of: index, set) }
    }

    // MARK: Claiming

    /// Charges the time that has passed to the groups whose jobs run.
    mutating func advanceShares(to now: Timestamp) {
        if isFair { shares.advance(to: now) }
    }

    /// Begins a claim at a moment: time has passed, tokens have come, budgets have changed.
    mutating func begin(_ moment: Moment, on set: LaneSet) {
        advanceShares(to: moment.now)
        let hadBudget = self.moment.ioBudget
        self.moment = moment
        let now = moment.now.milliseconds
        while let next = throttled.top, next.instant <= now {
            release(next, on: set)
        }
        if hadBudget != moment.ioBudget { offerWaitingForRoom(set) }
        while let next = steps.top, next.instant <= now {
            steps.removeTop()
            guard lanes[next.lane].nextStep == next.instant else { continue }
            lanes[next.lane].nextStep = nil
            if lanes[next.lane].offered != nil { unaged.append(next.lane) }
        }
    }

    /// When the next token comes that a lane waits for.
    var nextToken: Timestamp? { throttled.top.map { Timestamp(milliseconds: $0.instant) } }

    /// Lanes that what is measured holds back.
    var heldByLoad: [Int] { strained + waitingForRoom }

    /// The figures that the gates judge a lane by, as far as the view knows them.
    mutating func facts(
        of key: LaneKey, isSuspect: Bool = false, _ running: RunningJobs, _ buckets: inout TokenBuckets
    ) -> GateFacts {
        var facts = GateFacts(now: moment.now, priority: Priority(rawValue: UInt8(truncatingIfNeeded: key.priority)))
        let group = group(key.group)
        facts.waitsForSuspect = isSuspect && running.suspects > 0
        facts.leastPriority = terms.rules.leastPriority
        facts.groupPause = group.pause
        if key.group != 0 {
            let count = group.rule.scope == .shared ? running.ofGroup[key.group] : groupRunning[key.group]
            facts.group = .init(running: count ?? 0, limit: group.rule.limit)
        }
        if isFair, let maximum = group.share.maximumSlots {
            facts.share = .init(running: shares.running(key.group), limit: maximum)
        }
        if !key.io.isNone, let budget = moment.ioBudget {
            facts.io = .init(
                running: moving.amount, own: key.io.amount, budget: budget, othersRun: moving.count > 0)
        }
        if let rate = group.rate {
            facts.groupRate = .init(limit: rate.limit, nextToken: buckets.nextToken(of: rate, at: moment.now))
        }
        guard let type = type(key.type) else { return facts }
        facts.domain = domainSlots(type.domain)
        if heldDomains[type.domain] {
            facts.domainPause = terms.pause(on: .domain(terms.rules.domains[type.domain].name))
        }
        if let rate = type.rate {
            facts.typeRate = .init(limit: rate.limit, nextToken: buckets.nextToken(of: rate, at: moment.now))
        }
        return facts
    }

    private func domainSlots(_ domain: Int) -> GateFacts.SlotFact {
        .init(running: domainRunning[domain], limit: terms.rules.domains[domain].limit)
    }

    /// Whether a job of a type may be claimed here at all.
    mutating func claims(type id: Int64) -> Bool { type(id) != nil }

    /// Whether a job may start now.
    mutating func admits(
        _ key: LaneKey, isSuspect: Bool = false, _ running: RunningJobs, _ buckets: inout TokenBuckets
    ) -> Bool {
        guard type(key.type) != nil else { return false }
        return Gate.firstBlock(of: facts(of: key, isSuspect: isSuspect, running, &buckets)) == nil
    }

    /// Whether it is what is measured that holds a suspect back.
    mutating func isHeldByLoad(_ suspect: LaneKey, _ running: RunningJobs, _ buckets: inout TokenBuckets) -> Bool {
        guard type(suspect.type) != nil else { return false }
        switch Gate.firstBlock(of: facts(of: suspect, isSuspect: true, running, &buckets))?.gate {
        case .pressure, .ioRoom: return true
        default: return false
        }
    }

    /// Where a suspect stands among the lanes.
    mutating func candidate(
        _ id: Int64, _ key: LaneKey, _ table: LaneTable
    ) throws(QueueError) -> LaneOrder.Candidate {
        var priority = key.priority
        if terms.rules.aging != nil { priority = effectivePriority(key, since: try table.waitsSince(id)) }
        let place = Place(priority: priority, id: id)
        let entry = LaneEntry(place: place, lane: -1)
        return LaneOrder.Candidate(
            rank: isFair && !isUrgent(place, key) ? shares.rank(of: key.group) : nil, entry: entry)
    }

    /// Takes the tokens that a start of a job uses up.
    mutating func takeTokens(_ key: LaneKey, _ buckets: inout TokenBuckets) {
        if let rate = type(key.type)?.rate { buckets.take(rate, at: moment.now) }
        if let rate = group(key.group).rate { buckets.take(rate, at: moment.now) }
    }

    /// Gives them back: the job did not start, and lanes that found none left may find one.
    mutating func giveBackTokens(_ key: LaneKey, on set: LaneSet, _ buckets: inout TokenBuckets) {
        let rates = [type(key.type)?.rate, group(key.group).rate].compactMap { $0 }
        if rates.isEmpty { return }
        for rate in rates { buckets.giveBack(rate) }
        while let next = throttled.top { release(next, on: set) }
    }

    private mutating func release(_ next: LaneInstant, on set: LaneSet) {
        throttled.removeTop()
        lanes[next.lane].isThrottled = false
        offerHead(of: next.lane, set)
    }

    /// Whether waiting makes jobs more urgent.
    var hasAging: Bool { terms.rules.aging != nil }

    /// The effective priority of a job that has waited since an instant.
    mutating func effectivePriority(_ key: LaneKey, since start: Int64) -> Int64 {
        guard let aging = terms.rules.aging, let type = type(key.type) else { return key.priority }
        let waited = terms.waited(key, domain: type.domain, since: start, at: moment.now)
        return Int64(
            aging.effective(Priority(rawValue: UInt8(truncatingIfNeeded: key.priority)), waited: waited).rawValue)
    }

    /// The first lane that may be claimed from now, with the place of its head.
    mutating func first(
        on set: inout LaneSet, _ running: RunningJobs, _ buckets: inout TokenBuckets, _ table: LaneTable
    ) throws(QueueError) -> LaneOrder.Candidate? {
        lacksFront = false
        while let lane = unaged.popLast() { try age(lane, set, table) }
        var best: LaneOrder.Candidate?
        for domain in orders.indices {
            if let limit = terms.rules.domains[domain].limit, domainRunning[domain] >= limit { continue }
            guard let top = try first(ofDomain: domain, on: &set, running, &buckets, table) else { continue }
            if best.map({ top < $0 }) ?? true { best = top }
        }
        return best
    }

    private mutating func first(
        ofDomain domain: Int, on set: inout LaneSet, _ running: RunningJobs, _ buckets: inout TokenBuckets,
        _ table: LaneTable
    ) throws(QueueError) -> LaneOrder.Candidate? {
        while let top = orders[domain].top(shares) {
            let lane = top.entry.lane
            let key = set[lane].key
            if lanes[lane].offered != top.entry.place {
                orders[domain].remove(top, group: key.group)
                continue
            }
            if set[lane].head == nil, !set[lane].needsRefill {
                drop(top, of: domain, key)
                continue
            }
            if lanes[lane].isJudged, let hold = Gate.firstBlock(of: facts(of: key, running, &buckets)) {
                setAside(top, of: domain, key, for: hold)
                continue
            }
            if set[lane].needsRefill {
                guard table.mayRefill else {
                    lacksFront = true
                    return nil
                }
                set[lane].refill(with: try table.front(of: key))
            }
            guard let head = set[lane].head else {
                drop(top, of: domain, key)
                continue
            }
            if head == lanes[lane].head { return top }
            // What was first is taken or gone.
            let place = Place(priority: try priority(of: head, lane, key, table), id: head)
            lanes[lane].offered = place
            lanes[lane].head = head
            orders[domain].replace(
                top, with: LaneEntry(place: place, lane: lane), group: key.group, isUrgent: isUrgent(place, key),
                &shares)
        }
        return nil
    }

    /// Gives a lane with a new head, or one that has waited a step longer, its place.
    private mutating func age(_ lane: Int, _ set: LaneSet, _ table: LaneTable) throws(QueueError) {
        guard lanes[lane].domain >= 0, !lanes[lane].isThrottled, let head = set[lane].head else { return }
        let key = set[lane].key
        let place = Place(priority: try priority(of: head, lane, key, table), id: head)
        if lanes[lane].offered != place { insert(lane, place, head: head, key: key) }
    }

    /// The priority that a job is claimed by; notes when it will be another.
    private mutating func priority(
        of head: Int64, _ lane: Int, _ key: LaneKey, _ table: LaneTable
    ) throws(QueueError) -> Int64 {
        guard let aging = terms.rules.aging else { return key.priority }
        let base = Priority(rawValue: UInt8(truncatingIfNeeded: key.priority))
        let waited = terms.waited(
            key, domain: lanes[lane].domain, since: try table.waitsSince(head), at: moment.now)
        if let step = aging.untilNextStep(base, waited: waited) {
            let (instant, overflow) = moment.now.milliseconds.addingReportingOverflow(step)
            // Heads get younger, so what is noted comes first mostly, and then the lane is looked at anyway.
            if !overflow, lanes[lane].nextStep.map({ instant < $0 }) ?? true {
                lanes[lane].nextStep = instant
                steps.insert(LaneInstant(instant: instant, lane: lane))
            }
        }
        return Int64(aging.effective(base, waited: waited).rawValue)
    }

    private mutating func setAside(_ top: LaneOrder.Candidate, of domain: Int, _ key: LaneKey, for hold: GateBlock) {
        let lane = top.entry.lane
        drop(top, of: domain, key)
        switch hold.gate {
        case .groupSlot:
            fullGroups[key.group, default: []].append(lane)
        case .ioRoom:
            waitingForRoom.append(lane)
        default:
            // Only rates are left, and they say when the next token comes.
            lanes[lane].isThrottled = true
            throttled.insert(LaneInstant(instant: hold.until?.milliseconds ?? 0, lane: lane))
        }
    }

    private mutating func drop(_ top: LaneOrder.Candidate, of domain: Int, _ key: LaneKey) {
        lanes[top.entry.lane].offered = nil
        orders[domain].remove(top, group: key.group)
    }
}
