import QueueModel
import QueueStoreKit

/// What a store keeps in memory of ready and running jobs, so that a claim costs the same however many are held back.
///
/// It mirrors the table as the writer's transaction sees it. After a rollback, or when another connection has written, it is
/// loaded anew, at the cost of an index look-up a lane.
struct LaneIndex {
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
    /// The view of one who only looked, as long as the board is what it was: whoever looks once looks again.
    private var cachedPreview: ClaimView?
    /// When the next scheduled job becomes due; only valid if ``isNextDueKnown``.
    var nextDue: Int64?
    var isNextDueKnown = false
    /// Workers under which other jobs run than their rows say.
    var changedWorkers: [Int64] = []
    /// Groups of which a job has ended to run, until somebody has looked who waits for the slot.
    private(set) var freedGroups: Set<Int64> = []
    private(set) var isLoaded = false

    /// Jobs that were set aside for more urgent ones.
    private(set) var preempted: Set<Int64> = []

    /// A ready suspect.
    struct Suspect {
        var id: Int64
        var lane: LaneKey

        fileprivate var place: Place { Place(priority: lane.priority, id: id) }
    }

    /// Forgets all: the table has changed in ways that were not seen.
    mutating func invalidate() {
        self = LaneIndex()
    }

    /// Starts with what the table says: the head of each lane, and all that runs.
    mutating func load(
        heads: [(LaneKey, Int64)], running: RunningJobs, suspects: [Suspect], preempted: Set<Int64>
    ) {
        self = LaneIndex()
        for (key, head) in heads { lanes.append(Lane(key, ids: [head], isComplete: false)) }
        self.running = running
        self.suspects = suspects.sorted { $0.place < $1.place }
        self.preempted = preempted
        isLoaded = true
    }

    // MARK: Jobs that come and go

    /// A job has become ready.
    mutating func insertReady(_ id: Int64, lane key: LaneKey) {
        let lane = lanes.index(making: key)
        cachedPreview = nil
        if lanes[lane].insert(id) {
            for index in views.indices { views[index].offer(lane, id, key: key) }
        }
    }

    /// A job has become ready that may be a suspect.
    mutating func insert(_ id: Int64, lane key: LaneKey, isSuspect: Bool) {
        if isSuspect { insertSuspect(id, lane: key) } else { insertReady(id, lane: key) }
    }

    /// A ready job is no longer ready.
    mutating func removeReady(_ id: Int64, lane key: LaneKey) {
        // A view finds the head gone when it comes to it, and takes the next.
        if let lane = lanes.index(of: key) { lanes[lane].remove(id) }
    }

    mutating func insertSuspect(_ id: Int64, lane: LaneKey) {
        let suspect = Suspect(id: id, lane: lane)
        let index = suspects.firstIndex { $0.place > suspect.place } ?? suspects.count
        suspects.insert(suspect, at: index)
    }

    mutating func removeSuspect(_ id: Int64) {
        suspects.removeAll { $0.id == id }
    }

    mutating func insertPreempted(_ id: Int64) { preempted.insert(id) }

    mutating func removePreempted(_ id: Int64) { preempted.remove(id) }

    mutating func insertRunning(_ id: Int64, _ job: RunningJobs.Job) {
        cachedPreview = nil
        running.insert(id, job)
        noteChange(of: job.worker)
        for index in views.indices { views[index].didStart(job) }
    }

    /// Takes a running job out, and returns what was known of it; `nil` if it was not in.
    @discardableResult
    mutating func removeRunning(_ id: Int64) -> RunningJobs.Job? {
        guard let job = running.remove(id) else { return nil }
        noteChange(of: job.worker)
        if job.lane.group != 0 { freedGroups.insert(job.lane.group) }
        reportStop(job)
        return job
    }

    /// Takes out a job that was put in to be started, and was not: nothing has come free.
    mutating func removeUnstarted(_ id: Int64) {
        if let job = running.remove(id) { reportStop(job) }
    }

    private mutating func reportStop(_ job: RunningJobs.Job) {
        cachedPreview = nil
        for index in views.indices { views[index].didStop(job, lanes: lanes) }
    }

    /// The groups that have got a free slot since the last call.
    mutating func takeFreedGroups() -> Set<Int64> {
        defer { freedGroups.removeAll(keepingCapacity: true) }
        return freedGroups
    }

    /// The best priority of the ready jobs of a group, as far as the board knows; `nil`: there is none.
    func bestReady(inGroup group: Int64) -> Int64? {
        let ready = lanes.ofGroup(group).filter { lanes[$0].head != nil || lanes[$0].needsRefill }
        let suspect = suspects.first { $0.lane.group == group }
        return (ready.map { lanes[$0].key.priority } + [suspect?.lane.priority].compactMap(\.self)).min()
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

    /// Takes in a view beside the worker's own, until ``removePreview()``.
    mutating func addPreview(_ view: ClaimView) -> Int {
        var view = view
        view.start(with: lanes, running)
        views.append(view)
        return views.count - 1
    }

    /// Takes the last temporary view in again; `nil` if it was of another worker, of other rules, or the board has changed.
    mutating func reusePreview(of worker: Int64, _ rules: AdmissionRules, matching stamp: ClaimView.Stamp) -> Int? {
        let isMeant =
            cachedPreview?.worker == worker && cachedPreview?.stamp == stamp && cachedPreview?.follows(rules) == true
        // Taken, not copied: a view is large.
        guard isMeant, let taken = cachedPreview.take() else { return nil }
        views.append(taken)
        return views.count - 1
    }

    mutating func removePreview() {
        cachedPreview = views.removeLast()
    }

    mutating func forget(worker: Int64) {
        views.removeAll { $0.worker == worker }
    }

    /// Charges the time that has passed to the groups whose jobs run.
    mutating func advanceShares(to now: Timestamp) {
        for index in views.indices { views[index].advanceShares(to: now) }
    }

    /// How workers' slots were divided so far.
    var shares: [(worker: Int64, shares: FairShare<Int64>)] { views.map { ($0.worker, $0.shares) } }

    /// How the slots of a worker with a view were divided so far.
    func shares(of worker: Int64) -> FairShare<Int64>? { views.first { $0.worker == worker }?.shares }

    /// Begins a claim.
    mutating func begin(_ moment: ClaimView.Moment, in view: Int) {
        views[view].begin(moment, on: lanes)
    }

    /// What is asked of a view that has no part in the order of lanes.
    subscript(view index: Int) -> ClaimView {
        get { views[index] }
        _modify { yield &views[index] }
    }

    /// What comes next.
    struct Next {
        var id: Int64
        var lane: LaneKey
        var isSuspect: Bool
        /// Whether it comes by the share of its group, where shares count.
        var isInTurn = true
    }

    /// The next to claim: the first of the lanes, or the first suspect if that comes before; `table` is asked for what is not known.
    mutating func next(
        in view: Int, _ buckets: inout TokenBuckets, _ table: LaneReader
    ) throws(QueueError) -> Next? {
        let first = try views[view].first(on: &lanes, running, &buckets, table)
        if views[view].lacksFront { return nil }
        if let (suspect, candidate) = try firstSuspect(in: view, &buckets, table), first.map({ candidate < $0 }) ?? true
        {
            return Next(id: suspect.id, lane: suspect.lane, isSuspect: true, isInTurn: candidate.rank != nil)
        }
        guard let first, let head = lanes[first.entry.lane].head else { return nil }
        return Next(id: head, lane: lanes[first.entry.lane].key, isSuspect: false, isInTurn: first.rank != nil)
    }

    /// The first suspect that a view lets through now; `nil` while one runs.
    private mutating func firstSuspect(
        in view: Int, _ buckets: inout TokenBuckets, _ table: LaneReader
    ) throws(QueueError) -> (Suspect, LaneOrder.Candidate)? {
        if suspects.isEmpty || running.suspects > 0 { return nil }
        var best: (suspect: Suspect, candidate: LaneOrder.Candidate)?
        for suspect in suspects where views[view].admits(suspect.lane, isSuspect: true, running, &buckets) {
            let candidate = try views[view].candidate(suspect.id, suspect.lane, table)
            if best.map({ candidate < $0.candidate }) ?? true { best = (suspect, candidate) }
        }
        return best
    }

    /// The figures that the gates judge a job by, as far as a view knows them.
    mutating func facts(
        of key: LaneKey, isSuspect: Bool, in view: Int, _ buckets: inout TokenBuckets
    ) -> GateFacts {
        views[view].facts(of: key, isSuspect: isSuspect, running, &buckets)
    }

    // MARK: Preemption and load

    /// Gives back the tokens of a job that did not start.
    mutating func giveBackTokens(_ key: LaneKey, in view: Int, _ buckets: inout TokenBuckets) {
        cachedPreview = nil
        views[view].giveBackTokens(key, on: lanes, &buckets)
    }

    /// The first job that a view lets through now, of priorities up to one, whatever its group's share.
    mutating func firstPreemptor(
        upTo priority: Int64, in view: Int, _ buckets: inout TokenBuckets, _ table: LaneReader
    ) throws(QueueError) -> Next? {
        var best: (next: Next, place: Place)?
        func offer(_ id: Int64, _ lane: LaneKey, isSuspect: Bool, _ place: Place) {
            if let best, best.place <= place { return }
            best = (Next(id: id, lane: lane, isSuspect: isSuspect, isInTurn: false), place)
        }
        for (_, indexes) in lanes.byPriority.prefix(while: { $0.priority <= priority }) {
            for lane in indexes where try hasJobs(lane, table) {
                let key = lanes[lane].key
                guard let head = lanes[lane].head, views[view].admits(key, running, &buckets) else { continue }
                offer(head, key, isSuspect: false, try views[view].candidate(head, key, table).entry.place)
            }
        }
        for suspect in suspects where suspect.lane.priority <= priority {
            guard views[view].admits(suspect.lane, isSuspect: true, running, &buckets) else { continue }
            offer(
                suspect.id, suspect.lane, isSuspect: true,
                try views[view].candidate(suspect.id, suspect.lane, table).entry.place)
        }
        return best?.next
    }

    /// Whether a job at a priority or a more urgent one is ready that a view's worker claims, and that lies under no hold.
    mutating func hasReady(upTo priority: Int64, in view: Int, _ table: LaneReader) throws(QueueError) -> Bool {
        for (_, indexes) in lanes.byPriority.prefix(while: { $0.priority <= priority }) {
            for lane in indexes where views[view].isOpen(lanes[lane].key) {
                if try hasJobs(lane, table) { return true }
            }
        }
        for suspect in suspects where suspect.lane.priority <= priority && views[view].isOpen(suspect.lane) {
            return true
        }
        return false
    }

    /// Whether what is measured holds back ready jobs in a view.
    mutating func isHeldByLoad(
        in view: Int, _ buckets: inout TokenBuckets, _ table: LaneReader
    ) throws(QueueError) -> Bool {
        for lane in views[view].heldByLoad where try hasJobs(lane, table) { return true }
        // Suspects stand in no lane, and wait for the one that runs, if one does.
        if running.suspects > 0 { return false }
        for suspect in suspects where views[view].isHeldByLoad(suspect.lane, running, &buckets) { return true }
        return false
    }

    private mutating func hasJobs(_ lane: Int, _ table: LaneReader) throws(QueueError) -> Bool {
        if lanes[lane].needsRefill, table.mayRefill {
            lanes[lane].refill(with: try table.front(of: lanes[lane].key))
        }
        return lanes[lane].head != nil
    }
}
