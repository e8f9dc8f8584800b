import QueueModel

/// What a worker knows of itself while it runs: which jobs run here, and whether to go on.
///
/// A value, changed under one lock.
struct DispatchState {
    /// How far a stop has come.
    ///
    /// It only ever goes forward.
    enum Stop: Int, Comparable {
        /// Not asked for.
        case no
        /// Nothing is claimed any more; what runs may go on until the limit.
        case draining
        /// What runs was asked to stop.
        case cancelling

        static func < (left: Stop, right: Stop) -> Bool { left.rawValue < right.rawValue }
    }

    private(set) var running: [JobID: Execution] = [:]
    /// Jobs that were asked to stop and don't run here: some may just have been claimed by a turn that has not returned.
    private var earlyStops: Set<JobID> = []
    private(set) var stop = Stop.no
    /// When a draining stop turns into a cancelling one.
    private(set) var stopDeadline: Duration?
    /// Whether something has happened since the last claim that may have made a job claimable.
    var mayHaveWork = true
    /// Whether holds were stored or lifted since the loop looked at them.
    var holdsChanged = true
    /// Whether the worker stops by itself once nothing is left to do.
    var endsWhenIdle = false

    /// How many jobs may be claimed now.
    func free(of concurrency: Int) -> Int {
        stop == .no ? max(0, concurrency - running.count) : 0
    }

    /// Notes that a turn begins.
    ///
    /// What was asked to stop before can't be of its claim.
    mutating func beginTurn() {
        if !earlyStops.isEmpty { earlyStops = [] }
    }

    /// Notes that jobs begin to run here, and returns those that were asked to stop between their claim and now.
    mutating func start(_ executions: [Execution]) -> [Execution] {
        for execution in executions { running[execution.job.id] = execution }
        if earlyStops.isEmpty { return [] }
        return executions.filter { earlyStops.contains($0.job.id) }
    }

    /// Notes that jobs were asked to stop, and returns those that run here.
    mutating func stop(_ ids: [JobID]) -> [Execution] {
        ids.compactMap { id in
            if let execution = running[id] { return execution }
            earlyStops.insert(id)
            return nil
        }
    }

    /// Notes that a job's executor has returned: its slot is free, before anything is committed (rule C4).
    mutating func end(_ execution: Execution) {
        // A job that was taken back and claimed again may stand here under a later execution.
        if running[execution.job.id] === execution { running[execution.job.id] = nil }
    }

    /// Stops claiming; returns whether that is new.
    mutating func drain(until deadline: Duration) -> Bool {
        if stop == .no {
            stop = .draining
            stopDeadline = deadline
            return true
        }
        if stop == .draining, let present = stopDeadline, deadline < present {
            stopDeadline = deadline
            return true
        }
        return false
    }

    /// Asks for the end of all that runs, if the stop has come to that; returns what to cancel.
    mutating func cancelIfDue(at now: Duration) -> [Execution] {
        guard stop == .draining, let stopDeadline, now >= stopDeadline else { return [] }
        stop = .cancelling
        return Array(running.values)
    }
}
