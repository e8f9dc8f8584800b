import QueueModel

/// The lanes as one worker sees them: which its rules, the holds and the limits let through.
///
/// Lanes of a domain stand in a heap; a lane whose group is full stands aside until a job of the group ends. So neither
/// a full group nor a full domain costs a claim anything, however many lanes or jobs it has.
struct ClaimView {
    typealias Entry = LaneHeap.Entry

    /// What a view was derived from; with another stamp it is derived anew.
    struct Stamp: Equatable {
        var generation: UInt64
        var pauses: UInt64
    }

    /// What the rules and the holds make of types and groups, by their numbers.
    struct Gates {
        /// The domain of a type; `nil`: it is not claimed here, or held.
        var domain: (Int64) -> Int?
        /// The rule of a group; a held one has the limit 0.
        var group: (Int64) -> GroupRule
        /// The limits of the domains.
        var domainLimits: [Int?]
        /// The least urgent priority.
        var leastPriority: Int64
    }

    let worker: Int64
    let stamp: Stamp
    private let gates: Gates
    private var domainOfType: [Int64: Int] = [:]
    private var ruleOfGroup: [Int64: GroupRule] = [:]
    private var heaps: [LaneHeap]
    /// The place with which a lane stands in its heap; entries with another are void.
    private var offered: [Place?] = []
    private var fullGroups: [Int64: [Int]] = [:]
    private var domainRunning: [Int]
    private var groupRunning: [Int64: Int] = [:]

    init(of worker: Int64, stamp: Stamp, gates: Gates) {
        self.worker = worker
        self.stamp = stamp
        self.gates = gates
        heaps = Array(repeating: LaneHeap(), count: gates.domainLimits.count)
        domainRunning = Array(repeating: 0, count: gates.domainLimits.count)
    }

    /// Takes stock.
    mutating func start(with lanes: LaneSet, _ running: RunningJobs) {
        for job in running.jobs.values { didStart(job) }
        for index in lanes.lanes.indices { offerHead(of: index, lanes) }
    }

    /// The domain of a type, or -1.
    private mutating func domain(ofType type: Int64) -> Int {
        if let known = domainOfType[type] { return known }
        let domain = gates.domain(type) ?? -1
        domainOfType[type] = domain
        return domain
    }

    private mutating func rule(ofGroup group: Int64) -> GroupRule {
        if let known = ruleOfGroup[group] { return known }
        let rule = gates.group(group)
        ruleOfGroup[group] = rule
        return rule
    }

    // MARK: News

    /// A lane has a new head.
    mutating func offer(_ lane: Int, _ place: Place, key: LaneKey) {
        let domain = domain(ofType: key.type)
        guard domain >= 0 else { return }
        while offered.count <= lane { offered.append(nil) }
        if let known = offered[lane], known <= place { return }
        offered[lane] = place
        heaps[domain].insert(Entry(place: place, lane: lane))
    }

    private mutating func offerHead(of index: Int, _ lanes: LaneSet) {
        if let head = lanes[index].head {
            offer(index, head, key: lanes[index].key)
        } else if lanes[index].needsRefill {
            // Its front is not known: it stands before all others until it is looked at.
            offer(index, Place(priority: 0, id: 0), key: lanes[index].key)
        }
    }

    mutating func didStart(_ job: RunningJobs.Job) {
        guard job.worker == worker else { return }
        let domain = domain(ofType: job.lane.type)
        if domain >= 0 { domainRunning[domain] += 1 }
        if job.lane.group != 0 { groupRunning[job.lane.group, default: 0] += 1 }
    }

    mutating func didStop(_ job: RunningJobs.Job, lanes: LaneSet) {
        if job.worker == worker {
            let domain = domain(ofType: job.lane.type)
            if domain >= 0 { domainRunning[domain] -= 1 }
            if job.lane.group != 0 { groupRunning[job.lane.group, default: 1] -= 1 }
        }
        if job.lane.group != 0, let aside = fullGroups.removeValue(forKey: job.lane.group) {
            for index in aside { offerHead(of: index, lanes) }
        }
    }

    // MARK: Claiming

    /// Whether a job may start now.
    mutating func admits(_ key: LaneKey, priority: Int64, _ running: RunningJobs) -> Bool {
        let domain = domain(ofType: key.type)
        return domain >= 0 && priority <= gates.leastPriority && !isFull(domain: domain)
            && !isFull(group: key.group, running)
    }

    private func isFull(domain: Int) -> Bool {
        gates.domainLimits[domain].map { domainRunning[domain] >= $0 } ?? false
    }

    private mutating func isFull(group: Int64, _ running: RunningJobs) -> Bool {
        if group == 0 { return false }
        let rule = rule(ofGroup: group)
        guard let limit = rule.limit else { return false }
        let count = rule.scope == .shared ? running.ofGroup[group] : groupRunning[group]
        return (count ?? 0) >= limit
    }

    /// The first place that may be claimed now, with its lane.
    mutating func first(
        on lanes: inout LaneSet, _ running: RunningJobs, refill: (LaneKey) throws(QueueError) -> [Place]?
    ) throws(QueueError) -> Entry? {
        var best: Entry?
        for domain in heaps.indices where !isFull(domain: domain) {
            guard let top = try first(ofDomain: domain, on: &lanes, running, refill: refill) else { continue }
            if best.map({ top.place < $0.place }) ?? true { best = top }
        }
        return best
    }

    private mutating func first(
        ofDomain domain: Int, on lanes: inout LaneSet, _ running: RunningJobs,
        refill: (LaneKey) throws(QueueError) -> [Place]?
    ) throws(QueueError) -> Entry? {
        while let top = heaps[domain].top {
            if top.place.priority > gates.leastPriority { return nil }
            if offered[top.lane] != top.place {
                heaps[domain].removeTop()
                continue
            }
            let key = lanes[top.lane].key
            if isFull(group: key.group, running) {
                fullGroups[key.group, default: []].append(top.lane)
                drop(top, of: domain)
                continue
            }
            if lanes[top.lane].needsRefill {
                guard let places = try refill(key) else { return nil }
                lanes[top.lane].refill(with: places)
            }
            guard let head = lanes[top.lane].head else {
                drop(top, of: domain)
                continue
            }
            if head == top.place { return top }
            // What was first is taken or gone.
            offered[top.lane] = head
            heaps[domain].replaceTop(with: Entry(place: head, lane: top.lane))
        }
        return nil
    }

    private mutating func drop(_ top: Entry, of domain: Int) {
        offered[top.lane] = nil
        heaps[domain].removeTop()
    }
}
