/// The reasons why a job is not running now.
///
/// The gates are those of the claim, asked with the claim's own figures, so an explanation can't disagree with the
/// dispatcher. It is valid for the instant at which it was created.
public struct JobExplanation: Sendable, Hashable {
    /// The job as it is stored.
    public var job: JobRecord
    /// The domain of the job's type; empty if it has none.
    public var domain: String
    /// The priority by which the job is claimed: its own or, with aging, the one to which waiting has raised it.
    public var effectivePriority: Priority
    /// The obstacles that keep the job from running, in the order in which they would be met.
    ///
    /// Empty if the job is running or has ended, or the next claim takes it.
    public var obstacles: [Obstacle]
    /// The pauses of the queue, of the job's domain and of its group, with their reasons.
    public var pauses: [Pause]

    /// Creates an explanation.
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

    /// An obstacle that keeps a job from running.
    public enum Obstacle: Sendable, Hashable {
        /// The queue that was asked has no executor for the type.
        case noExecutor
        /// The queue that was asked is not running, or is stopping.
        case queueNotRunning
        /// Too many ended attempts wait to be stored, so no more jobs are claimed for now.
        case backpressure(uncommitted: Int)
        /// The job waits for dependencies: their number, and some of them, the lowest ids first.
        case dependencies([JobID], count: Int)
        /// The job waits for its children: their number, and some of them, the lowest ids first.
        case children([JobID], count: Int)
        /// The job was preempted by a more urgent one.
        case preempted
        /// A gate holds the job back.
        case gate(Gate.Block)
        /// No gate holds the job back, but another one that may start comes first.
        case behind(JobID)
    }

    /// The maximum number of jobs that an obstacle names.
    public static let namedJobs = 20

    /// The gates that hold the job back.
    public var blocks: [Gate.Block] {
        obstacles.compactMap { if case .gate(let hold) = $0 { hold } else { nil } }
    }

    /// The latest of the instants that the gates name, after which the job may run; `nil` if a gate names none, or
    /// there is another obstacle.
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
    /// The job's state, and one line per obstacle.
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
