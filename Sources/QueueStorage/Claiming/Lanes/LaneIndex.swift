import QueueModel
import QueueStoreKit

/// The ready and running jobs in memory, so that a claim costs the same however many jobs are blocked.
///
/// It mirrors the table of jobs as the writer's transaction sees it. After a rollback, or when another connection has
/// written, it is loaded again, at the cost of one index look-up per lane.
struct LaneIndex {
    private(set) var lanes = LaneSet()
    private(set) var running = RunningJobs()
    /// Ready suspects, ascending by place.
    ///
    /// There are never more than crashed workers had jobs.
    private(set) var suspects: [Suspect] = []
    /// The views of the workers that claim here; hardly ever more than one.
    private var views: [ClaimView] = []
    /// The view of the last call that only read, until the index changes: such calls are often repeated.
    private var cachedPreview: ClaimView?
    var nextDue = NextDue()
    /// The workers whose running jobs differ from those in their rows.
    var changedWorkers: [Int64] = []
    /// The groups in which a job has stopped running, until ``takeFreedGroups()`` is called.
    private(set) var freedGroups: Set<Int64> = []
    private(set) var isLoaded = false

    /// Jobs that were preempted by more urgent ones.
    var preempted: Set<Int64> = []

    /// A ready suspect.
    struct Suspect {
        var id: Int64
        var lane: LaneKey

        fileprivate var place: Place { Place(priority: lane.priority, id: id) }
    }

    /// Forgets everything, because the table may have changed.
    mutating func invalidate() {
        self = LaneIndex()
    }

    /// Loads the head of each lane, and all running jobs, suspects and preempted jobs.
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

    // MARK: Changes of jobs

    /// Adds a job that has become ready.
    mutating func insertReady(_ id: Int64, lane key: LaneKey) {
        let lane = lanes.index(making: key)
        cachedPreview = nil
        if lanes[lane].insert(id) {
            for index in views.indices { views[index].offer(lane, id, key: key) }
        }
    }

    /// Adds a job that has become ready and may be a suspect.
    mutating func insert(_ id: Int64, lane key: LaneKey, isSuspect: Bool) {
        if isSuspect { insertSuspect(id, lane: key) } else { insertReady(id, lane: key) }
    }

    /// Removes a job that is no longer ready.
    mutating func removeReady(_ id: Int64, lane key: LaneKey) {
        // A view notices that the head is gone when it reaches it, and takes the next.
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

    mutating func insertRunning(_ id: Int64, _ job: RunningJobs.Job) {
        cachedPreview = nil
        running.insert(id, job)
        noteChange(of: job.worker)
        for index in views.indices { views[index].didStart(job) }
    }

    /// Removes a running job and returns it, or `nil` if it did not run.
    @discardableResult
    mutating func removeRunning(_ id: Int64) -> RunningJobs.Job? {
        guard let job = running.remove(id) else { return nil }
        noteChange(of: job.worker)
        if job.lane.group != 0 { freedGroups.insert(job.lane.group) }
        reportStop(job)
        return job
    }

    /// Removes a job that was added as running and did not start: no slot has come free.
    mutating func removeUnstarted(_ id: Int64) {
        if let job = running.remove(id) { reportStop(job) }
    }

    private mutating func reportStop(_ job: RunningJobs.Job) {
        cachedPreview = nil
        for index in views.indices { views[index].didStop(job, lanes: lanes) }
    }

    /// Returns the groups in which a slot has come free since the last call.
    mutating func takeFreedGroups() -> Set<Int64> {
        defer { freedGroups.removeAll(keepingCapacity: true) }
        return freedGroups
    }

    /// Returns the most urgent priority of a group's ready jobs, or `nil` if there are none as far as is known.
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

    // MARK: Views

    /// Returns the index of a worker's view, or `nil` if there is none or it was derived from other rules or pauses.
    func view(of worker: Int64, matching stamp: ClaimView.Stamp) -> Int? {
        views.firstIndex { $0.worker == worker && $0.stamp == stamp }
    }

    /// Adds a view that replaces the worker's former one, and returns its index.
    mutating func add(_ view: ClaimView) -> Int {
        forget(worker: view.worker)
        var view = view
        view.start(with: lanes, running)
        views.append(view)
        return views.count - 1
    }

    /// Adds a view for one call that only reads, until ``removePreview()``, and returns its index.
    mutating func addPreview(_ view: ClaimView) -> Int {
        var view = view
        view.start(with: lanes, running)
        views.append(view)
        return views.count - 1
    }

    /// Adds the last preview again and returns its index.
    ///
    /// The result is `nil` if it was of another worker or of other rules, or the index of lanes has changed since.
    mutating func reusePreview(of worker: Int64, _ rules: AdmissionRules, matching stamp: ClaimView.Stamp) -> Int? {
        let isSame =
            cachedPreview?.worker == worker && cachedPreview?.stamp == stamp && cachedPreview?.follows(rules) == true
        // Moved, not copied: a view is large.
        guard isSame, let taken = cachedPreview.take() else { return nil }
        views.append(taken)
        return views.count - 1
    }

    /// Removes the preview, which was added last, and keeps it for the next call.
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

    /// The division of slots so far, by worker.
    var shares: [(worker: Int64, shares: FairShare<Int64>)] { views.map { ($0.worker, $0.shares) } }

    /// Returns the division of a worker's slots so far, or `nil` without a view.
    func shares(of worker: Int64) -> FairShare<Int64>? { views.first { $0.worker == worker }?.shares }

    /// Begins a claim at a moment.
    mutating func begin(_ moment: ClaimView.Moment, in view: Int) {
        views[view].begin(moment, on: lanes)
    }

    /// Accesses a view for what does not involve the order of lanes.
    subscript(view index: Int) -> ClaimView {
        get { views[index] }
        _modify { yield &views[index] }
    }

    /// A job that is claimed next.
    struct Next {
        var id: Int64
        var lane: LaneKey
        var isSuspect: Bool
        /// Whether it comes by its group's share, where shares count.
        var isInTurn = true
    }

    /// Returns the next job to claim: the first of the lanes, or the first suspect if that comes before.
    ///
    /// `reader` reads what is not known.
    mutating func next(
        in view: Int, _ buckets: inout TokenBuckets, _ reader: LaneReader
    ) throws(QueueError) -> Next? {
        let first = try views[view].first(on: &lanes, running, &buckets, reader)
        if views[view].lacksFront { return nil }
        if let (suspect, candidate) = try firstSuspect(in: view, &buckets, reader),
            first.map({ candidate < $0 }) ?? true
        {
            return Next(id: suspect.id, lane: suspect.lane, isSuspect: true, isInTurn: candidate.rank != nil)
        }
        guard let first, let head = lanes[first.entry.lane].head else { return nil }
        return Next(id: head, lane: lanes[first.entry.lane].key, isSuspect: false, isInTurn: first.rank != nil)
    }

    /// Returns the first suspect that a view admits now, or `nil` while one runs.
    private mutating func firstSuspect(
        in view: Int, _ buckets: inout TokenBuckets, _ reader: LaneReader
    ) throws(QueueError) -> (Suspect, LaneOrder.Candidate)? {
        if suspects.isEmpty || running.suspects > 0 { return nil }
        var best: (suspect: Suspect, candidate: LaneOrder.Candidate)?
        for suspect in suspects where views[view].admits(suspect.lane, isSuspect: true, running, &buckets) {
            let candidate = try views[view].candidate(suspect.id, suspect.lane, reader)
            if best.map({ candidate < $0.candidate }) ?? true { best = (suspect, candidate) }
        }
        return best
    }

    /// Returns the facts that the gates judge a job by, as far as a view knows them.
    mutating func facts(
        of key: LaneKey, isSuspect: Bool, in view: Int, _ buckets: inout TokenBuckets
    ) -> GateFacts {
        views[view].facts(of: key, isSuspect: isSuspect, running, &buckets)
    }

    // MARK: Preemption and load

    /// Returns the tokens of a job that did not start.
    mutating func giveBackTokens(_ key: LaneKey, in view: Int, _ buckets: inout TokenBuckets) {
        cachedPreview = nil
        views[view].giveBackTokens(key, on: lanes, &buckets)
    }

    /// Returns the first job that a view admits now, at a priority or a more urgent one, whatever its group's share.
    mutating func firstPreemptor(
        upTo priority: Int64, in view: Int, _ buckets: inout TokenBuckets, _ reader: LaneReader
    ) throws(QueueError) -> Next? {
        var best: (next: Next, place: Place)?
        func offer(_ id: Int64, _ lane: LaneKey, isSuspect: Bool, _ place: Place) {
            if let best, best.place <= place { return }
            best = (Next(id: id, lane: lane, isSuspect: isSuspect, isInTurn: false), place)
        }
        for (_, indexes) in lanes.byPriority.prefix(while: { $0.priority <= priority }) {
            for lane in indexes where try hasJobs(lane, reader) {
                let key = lanes[lane].key
                guard let head = lanes[lane].head, views[view].admits(key, running, &buckets) else { continue }
                offer(head, key, isSuspect: false, try views[view].candidate(head, key, reader).entry.place)
            }
        }
        for suspect in suspects where suspect.lane.priority <= priority {
            guard views[view].admits(suspect.lane, isSuspect: true, running, &buckets) else { continue }
            offer(
                suspect.id, suspect.lane, isSuspect: true,
                try views[view].candidate(suspect.id, suspect.lane, reader).entry.place)
        }
        return best?.next
    }

    /// Returns whether a job is ready at a priority or a more urgent one, which the view's worker claims and which is
    /// not paused.
    mutating func hasReady(upTo priority: Int64, in view: Int, _ reader: LaneReader) throws(QueueError) -> Bool {
        for (_, indexes) in lanes.byPriority.prefix(while: { $0.priority <= priority }) {
            for lane in indexes where views[view].isOpen(lanes[lane].key) {
                if try hasJobs(lane, reader) { return true }
            }
        }
        for suspect in suspects where suspect.lane.priority <= priority && views[view].isOpen(suspect.lane) {
            return true
        }
        return false
    }

    /// Returns whether measured load blocks ready jobs in a view.
    mutating func isHeldByLoad(
        in view: Int, _ buckets: inout TokenBuckets, _ reader: LaneReader
    ) throws(QueueError) -> Bool {
        for lane in views[view].heldByLoad where try hasJobs(lane, reader) { return true }
        // Suspects are in no lane, and wait for the one that runs, if there is one.
        if running.suspects > 0 { return false }
        for suspect in suspects where views[view].isHeldByLoad(suspect.lane, running, &buckets) { return true }
        return false
    }

    private mutating func hasJobs(_ lane: Int, _ reader: LaneReader) throws(QueueError) -> Bool {
        if lanes[lane].needsRefill, reader.mayRefill {
            lanes[lane].refill(with: try reader.front(of: lanes[lane].key))
        }
        return lanes[lane].head != nil
    }
}
