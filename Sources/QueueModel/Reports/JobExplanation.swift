/// Why a job is not running now (rule D14).
///
/// The gates in it are those of the claim, asked with the claim's own figures, so it can't disagree with the dispatcher. It holds
/// for the instant at which it was made.
public struct JobExplanation: Sendable, Hashable {
    /// The job as it stands in the store.
    public var job: JobRecord
    /// The domain of the job's type; empty if it has none.
    public var domain: String
    /// The priority that the job is claimed by: its own, or with aging the one that waiting has brought it to.
    public var effectivePriority: Priority
    /// All that keeps it from running, in the order in which it would be met; empty for a job that runs or has ended, and for one that
    /// the next claim takes.
    public var obstacles: [Obstacle]
    /// The holds that lie on the queue, and on the job's domain and group, with their reasons.
    public var pauses: [Pause]

    /// Makes an explanation.
    public init(
        job: JobRecord, domain: String = "", effectivePriority: Priority? = nil, obstacles: [Obstacle] = [],
        pauses: [Pause] = []
    ) {
        self.job = job
        self.domain = domain
        self.effectivePriority = effectivePriority ?? job.priority
        self.obstacles = obstacles
        self.pauses = pauses
    }

    /// Something that keeps a job from running.
    public enum Obstacle: Sendable, Hashable {
        /// No executor for its type is registered with the queue that was asked.
        case noExecutor
        /// The queue that was asked does not run, or stops.
        case queueNotRunning
        /// So many ends of attempts wait to be stored that no more jobs are claimed for now (rule C7).
        case backpressure(uncommitted: Int)
        /// It waits for dependencies: so many, of which some are named, the lowest ids first.
        case dependencies([JobID], count: Int)
        /// It waits for its children: so many, of which some are named, the lowest ids first.
        case children([JobID], count: Int)
        /// It was set aside for a more urgent job.
        case preempted
        /// A gate holds it back.
        case gate(Gate.Block)
        /// No gate holds it back, but this job, which none holds back either, comes first.
        case behind(JobID)
    }

    /// How many jobs an obstacle names at most.
    public static let namedJobs = 20

    /// The gates that hold the job back.
    public var blocks: [Gate.Block] {
        obstacles.compactMap { if case .gate(let hold) = $0 { hold } else { nil } }
    }

    /// When the job may run as far as is known: the latest of the instants that its gates name; `nil` if one names none, or
    /// something else keeps it.
    public var until: Timestamp? {
        var latest: Timestamp?
        for obstacle in obstacles {
            guard case .gate(let hold) = obstacle, let until = hold.until else { return nil }
            latest = max(latest ?? until, until)
        }
        return latest
    }
}

extension JobExplanation: CustomStringConvertible {
    /// The job's state, and a line for each obstacle.
    public var description: String {
        var lines = ["\(job.id) \(job.type) is \(job.state)"]
        lines += obstacles.map { "- \(describe($0))" }
        lines += pauses.map { pause in
            let until = pause.until.map { ", until \($0.milliseconds) ms after 1970" } ?? ""
            return "- held: \(Self.name(of: pause.target)) by \"\(pause.reason)\"\(until)"
        }
        return lines.joined(separator: "\n")
    }

    private func describe(_ obstacle: Obstacle) -> String {
        switch obstacle {
        case .noExecutor: "no executor is registered for \(job.type)"
        case .queueNotRunning: "the queue does not run"
        case .backpressure(let count): "\(count) ends of attempts wait to be stored"
        case .dependencies(let ids, let count): "blocked by \(Self.list(ids, of: count))"
        case .children(let ids, let count): "waits for its children \(Self.list(ids, of: count))"
        case .preempted: "set aside for a more urgent job"
        case .gate(let hold): "\(subject(of: hold.gate)): \(hold.reason)"
        case .behind(let id): "\(id) comes first"
        }
    }

    private func subject(of gate: Gate) -> String {
        switch gate {
        case .queuePause: "queue"
        case .domainPause, .domainSlot: "domain \"\(domain)\""
        case .groupPause, .groupSlot: "group \"\(job.group ?? "")\""
        case .due: "earliest start"
        case .expiry: "time to live"
        case .workerSlot: "worker"
        case .isolation: "suspect of crashes"
        case .pressure: "pressure"
        case .ioRoom: "IO budget"
        case .typeRate: "rate limit of \(job.type)"
        case .groupRate: "rate limit of group \"\(job.group ?? "")\""
        }
    }

    private static func list(_ ids: [JobID], of count: Int) -> String {
        let named = ids.map(\.description).joined(separator: ", ")
        return count > ids.count ? "\(named) and \(count - ids.count) more" : named
    }

    private static func name(of target: Pause.Target) -> String {
        switch target {
        case .queue: "the queue"
        case .domain(let name): "domain \"\(name)\""
        case .group(let name): "group \"\(name)\""
        }
    }
}
