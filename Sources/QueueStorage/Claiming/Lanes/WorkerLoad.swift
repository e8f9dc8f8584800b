/// The slots and the IO that a worker's running jobs use.
struct WorkerLoad {
    /// The number of running jobs of each domain.
    private(set) var domains: [Int]
    /// The number of running jobs of each group.
    private(set) var groups: [Int64: Int] = [:]
    private(set) var io = RunningIO()

    init(domains: Int) {
        self.domains = Array(repeating: 0, count: domains)
    }

    /// Counts a job; `domain` is `nil` for a type that the rules don't name.
    mutating func add(_ lane: LaneKey, domain: Int?) {
        if let domain { domains[domain] += 1 }
        if lane.group != 0 { groups[lane.group, default: 0] += 1 }
        io.add(lane.io)
    }

    mutating func remove(_ lane: LaneKey, domain: Int?) {
        if let domain { domains[domain] -= 1 }
        if lane.group != 0 { groups[lane.group, default: 1] -= 1 }
        io.remove(lane.io)
    }
}
