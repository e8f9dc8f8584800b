import QueueModel
import QueueStoreKit

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
    /// Jobs that were taken from this worker and claimed by it again before their executors had returned: the executors from then.
    private var displaced: [Execution] = []
    /// Jobs that the store told to stop, for the loop to look at between two turns, when all that was claimed has been started.
    private var asked: Set<JobID> = []
    /// Running jobs that were given a time limit after their start, for the loop to watch.
    private var limited: [Execution] = []
    private(set) var stop = Stop.no
    /// When a draining stop turns into a cancelling one.
    private(set) var stopDeadline: Duration?
    /// When jobs are named that still run although they were asked to stop.
    private var complaintDue: Duration?
    /// How long jobs have to heed a stop before they are named.
    static let patience = Duration.seconds(10)
    /// Whether something has happened since the last claim that may have made a job claimable.
    var mayHaveWork = true
    /// Whether a job has come since the last claim that others may have to be set aside for.
    var mayPreempt = false
    /// The lease under which jobs are claimed; `nil` before the first.
    var worker: WorkerID?
    /// Whether holds were stored or lifted since the loop looked at them.
    var pausesChanged = true
    /// Whether the worker stops by itself once nothing is left to do.
    var endsWhenIdle = false
    /// Whether a job was given up here that may be this worker's still, since only the answer to one of its attempts was lost.
    var hasGivenUp = false
    /// Whether a batch whose turn failed is being stored beside the loop.
    var isRecovering = false
    /// Whether what could not be stored is tried for the last time.
    private(set) var isDraining = false
    /// Attempts that could not be stored in time.
    private(set) var handedBack: [FinishedAttempt] = []

    /// The running jobs, the first submitted first: whoever is to stop them does so in the same order each time.
    var executions: [Execution] {
        running.values.sorted { $0.job.id < $1.job.id }
    }

    /// How many jobs may be claimed now.
    func free(of concurrency: Int) -> Int {
        stop == .no ? max(0, concurrency - running.count - displaced.count) : 0
    }

    /// Chooses the running jobs to set aside for so many that are as urgent as a priority: the least urgent, of these the last started.
    ///
    /// Those that were asked before and still run count.
    func victims(for count: Int, above priority: Priority) -> [Execution] {
        let asked = running.values.count { $0.cancellation == .preempted }
        guard count > asked else { return [] }
        let candidates = running.values.filter { $0.job.priority > priority && $0.cancellation == nil }
        let sorted = candidates.sorted { left, right in
            (right.job.priority, right.job.startedAt ?? .distantPast, right.job.id)
                < (left.job.priority, left.job.startedAt ?? .distantPast, left.job.id)
        }
        return Array(sorted.prefix(count - asked))
    }

    /// Notes that a job has begun to run here.
    mutating func start(_ execution: Execution) {
        if let former = running.updateValue(execution, forKey: execution.job.id) { displaced.append(former) }
    }

    /// Notes that jobs were told to stop.
    mutating func ask(_ ids: [JobID]) {
        asked.formUnion(ids)
    }

    /// Takes the jobs that were told to stop and run here.
    mutating func takeAsked() -> [Execution] {
        if asked.isEmpty { return [] }
        defer { asked = [] }
        return asked.sorted().compactMap { running[$0] }
    }

    /// Takes whether a job was given up.
    mutating func takeGivenUp() -> Bool {
        defer { hasGivenUp = false }
        return hasGivenUp
    }

    /// Notes that a running job was given a time limit.
    mutating func watch(_ execution: Execution) {
        limited.append(execution)
    }

    /// Takes the jobs that were given time limits.
    mutating func takeLimited() -> [Execution] {
        if limited.isEmpty { return [] }
        defer { limited = [] }
        return limited
    }

    /// Notes that a job's executor has returned: its slot is free, before anything is committed (rule C4).
    mutating func end(_ execution: Execution) {
        if running[execution.job.id] === execution {
            running[execution.job.id] = nil
        } else {
            displaced.removeAll { $0 === execution }
        }
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
        if !running.isEmpty { complaintDue = now + Self.patience }
        return executions
    }

    /// The jobs that still run long after they were asked to stop, once, in their order.
    mutating func takeDeaf(at now: Duration) -> [Execution] {
        guard let complaintDue, complaintDue <= now else { return [] }
        self.complaintDue = nil
        return executions
    }

    /// When the stop has to be looked at again; `nil`: not before something happens.
    var stopAlarm: Duration? { stop == .draining ? stopDeadline : complaintDue }

    /// Begins the last try to store what is left, if the stop has come to that and storing fails; returns whether it has begun.
    mutating func beginDraining() -> Bool {
        guard stop == .cancelling, isRecovering, !isDraining else { return false }
        isDraining = true
        return true
    }

    /// Ends it, with what could not be stored.
    mutating func endDraining(_ items: [FinishedAttempt]) {
        isDraining = false
        handedBack += items
    }
}
