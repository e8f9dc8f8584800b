import QueueModel
import QueueStoreKit

/// Loads the index of lanes from the table of jobs.
struct LaneLoader: StoreComponent {
    let context: StoreContext

    func load() throws(QueueError) {
        var heads: [(LaneKey, Int64)] = []
        let next = try session.statement(.nextLane)
        defer { next.reset() }
        var last = LaneKey(type: 0, group: -1, priority: 0)
        while true {
            next.bind(last.type, at: 1)
            next.bind(last.group, at: 2)
            next.bind(last.priority, at: 3)
            next.bind(Int64(last.io.rawValue) + 1, at: 4)
            guard try next.step() else { break }
            let lane = try StoredRow.lane(next, from: 0, of: next.int64(4))
            // A value of another kind, which a damaged file has, sorts elsewhere than its number, and would come again
            // for ever.
            guard last.isBefore(lane) else { throw StoredRow.invalid("priority", next.int64(4)) }
            last = lane
            heads.append((last, next.int64(4)))
            next.reset()
            try jobs.know(last)
        }
        var running = RunningJobs()
        for (id, worker) in try session.running() {
            guard let head = try jobs.head(id), head.isRunning, head.worker == worker else {
                throw QueueError(
                    .corrupt, "\(JobID(id)) does not run under the worker that lists it", jobs: [JobID(id)])
            }
            running.insert(
                id,
                RunningJobs.Job(
                    lane: head.lane, worker: worker, startedAt: head.startedAt,
                    isSuspect: head.flags.contains(.isSuspect)))
            try jobs.know(head.lane)
        }
        var suspects: [LaneIndex.Suspect] = []
        let suspect = try session.statement(.allSuspects)
        defer { suspect.reset() }
        while try suspect.step() {
            let lane = try StoredRow.lane(suspect, from: 1, of: suspect.int64(0))
            suspects.append(LaneIndex.Suspect(id: suspect.int64(0), lane: lane))
            try jobs.know(lane)
        }
        let preempted = Set(try session.ids(.allPreempted))
        try Pauses(context).load()
        context.highestDependency = try session.integer(.lastAwaited) ?? 0
        context.buckets.load(try session.buckets())
        if context.isShared {
            let foreign = try session.statement(.foreignWorkers)
            foreign.bind(context.storeID, at: 1)
            context.hasForeignWorkers = try foreign.step() && foreign.int64(0) > 0
            foreign.reset()
        }
        context.lanes.load(heads: heads, running: running, suspects: suspects, preempted: preempted)
    }
}
