import QueueModel

/// What a store keeps in memory of ready and running jobs, so that a claim costs the same however many are held back.
///
/// It mirrors the table as the writer's transaction sees it. After a rollback, or when another connection has written, it is
/// loaded anew, at the cost of an index look-up a lane.
struct LaneBoard {
    private(set) var lanes = LaneSet()
    private(set) var running = RunningJobs()
    /// Ready suspects, ascending.
    ///
    /// There are never more than crashed workers had jobs.
    private(set) var suspects: [Suspect] = []
    /// How each worker that claims here sees the lanes.
    ///
    /// Hardly ever more than one.
    private var views: [ClaimView] = []
    /// When the next scheduled job becomes due; only valid if ``isNextDueKnown``.
    var nextDue: Int64?
    var isNextDueKnown = false
    /// Workers under which other jobs run than their rows say.
    var changedWorkers: [Int64] = []
    /// Groups of which a job has ended to run, until somebody has looked who waits for the slot.
    private(set) var freedGroups: Set<Int64> = []
    private(set) var isLoaded = false

    /// A ready suspect.
    struct Suspect {
        var place: Place
        var lane: LaneKey
    }

    /// Forgets all: the table has changed in ways that were not seen.
    mutating func invalidate() {
        self = LaneBoard()
    }

    /// Starts with what the table says: the head of each lane, and all that runs.
    mutating func load(heads: [(LaneKey, Place)], running: RunningJobs, suspects: [Suspect]) {
        self = LaneBoard()
        for (key, head) in heads { lanes.append(Lane(key, places: [head], isComplete: false)) }
        self.running = running
        self.suspects = suspects
        isLoaded = true
    }

    // MARK: Jobs that come and go

    /// A job has become ready.
    mutating func insertReady(_ id: Int64, priority: Int64, lane key: LaneKey) {
        let place = Place(priority: priority, id: id)
        let lane = lanes.index(making: key)
        if lanes[lane].insert(place) { offer(lane, place) }
    }

    /// A ready job is no longer ready.
    mutating func removeReady(_ id: Int64, priority: Int64, lane key: LaneKey) {
        // A view finds the head gone when it comes to it, and takes the next.
        if let lane = lanes.index(of: key) { lanes[lane].remove(Place(priority: priority, id: id)) }
    }

    mutating func insertSuspect(_ id: Int64, priority: Int64, lane: LaneKey) {
        let place = Place(priority: priority, id: id)
        let index = suspects.firstIndex { $0.place > place } ?? suspects.count
        suspects.insert(Suspect(place: place, lane: lane), at: index)
    }

    mutating func removeSuspect(_ id: Int64) {
        suspects.removeAll { $0.place.id == id }
    }

    mutating func insertRunning(_ id: Int64, _ job: RunningJobs.Job) {
        running.insert(id, job)
        noteChange(of: job.worker)
        for index in views.indices { views[index].didStart(job) }
    }

    mutating func removeRunning(_ id: Int64) {
        guard let job = running.remove(id) else { return }
        noteChange(of: job.worker)
        if job.lane.group != 0 { freedGroups.insert(job.lane.group) }
        for index in views.indices { views[index].didStop(job, lanes: lanes) }
    }

    /// The groups that have got a free slot since the last call.
    mutating func takeFreedGroups() -> Set<Int64> {
        defer { freedGroups.removeAll(keepingCapacity: true) }
        return freedGroups
    }

    /// Whether jobs of a group are ready, as far as the board knows.
    func hasReady(inGroup group: Int64) -> Bool {
        lanes.ofGroup(group).contains { lanes[$0].head != nil || lanes[$0].needsRefill }
            || suspects.contains { $0.lane.group == group }
    }

    mutating func setStart(_ instant: Int64, of id: Int64) {
        running.setStart(instant, of: id)
    }

    private mutating func noteChange(of worker: Int64) {
        // Hardly ever more than one.
        if !changedWorkers.contains(worker) { changedWorkers.append(worker) }
    }

    /// A scheduled job was added.
    mutating func insertScheduled(_ instant: Int64) {
        nextDue = nextDue.map { min($0, instant) } ?? instant
    }

    private mutating func offer(_ lane: Int, _ place: Place) {
        for index in views.indices { views[index].offer(lane, place, key: lanes[lane].key) }
    }

    // MARK: Views

    /// The place of a worker's view; `nil` if there is none or it was derived from something else.
    func view(of worker: Int64, matching stamp: ClaimView.Stamp) -> Int? {
        views.firstIndex { $0.worker == worker && $0.stamp == stamp }
    }

    /// Takes in a view, in place of the worker's former one.
    mutating func add(_ view: ClaimView) -> Int {
        forget(worker: view.worker)
        var view = view
        view.start(with: lanes, running)
        views.append(view)
        return views.count - 1
    }

    /// Takes in a view beside the worker's own, until ``removeTemporary()``.
    mutating func addTemporary(_ view: ClaimView) -> Int {
        var view = view
        view.start(with: lanes, running)
        views.append(view)
        return views.count - 1
    }

    mutating func removeTemporary() {
        views.removeLast()
    }

    mutating func forget(worker: Int64) {
        views.removeAll { $0.worker == worker }
    }

    /// The first that a view lets through now; `refill` brings the front of a lane from the table.
    mutating func first(
        in view: Int, refill: (LaneKey) throws(QueueError) -> [Place]?
    ) throws(QueueError) -> ClaimView.Entry? {
        try views[view].first(on: &lanes, running, refill: refill)
    }

    /// The first suspect that a view lets through now; `nil` while one runs.
    mutating func firstSuspect(in view: Int) -> Suspect? {
        if suspects.isEmpty || running.suspects > 0 { return nil }
        for suspect in suspects
        where views[view].admits(suspect.lane, priority: suspect.place.priority, running) {
            return suspect
        }
        return nil
    }
}

/// The lanes there are, by number and by key.
struct LaneSet {
    private(set) var lanes: [Lane] = []
    private var indexes: [LaneKey: Int] = [:]
    private var indexesOfGroup: [Int64: [Int]] = [:]

    var count: Int { lanes.count }

    subscript(index: Int) -> Lane {
        get { lanes[index] }
        _modify { yield &lanes[index] }
    }

    func index(of key: LaneKey) -> Int? { indexes[key] }

    /// The numbers of the lanes of a group.
    func ofGroup(_ group: Int64) -> [Int] { indexesOfGroup[group] ?? [] }

    /// The number of a lane, which is new and empty if it was not there.
    mutating func index(making key: LaneKey) -> Int {
        if let index = indexes[key] { return index }
        append(Lane(key, isComplete: true))
        return lanes.count - 1
    }

    mutating func append(_ lane: Lane) {
        indexes[lane.key] = lanes.count
        if lane.key.group != 0 { indexesOfGroup[lane.key.group, default: []].append(lanes.count) }
        lanes.append(lane)
    }
}
