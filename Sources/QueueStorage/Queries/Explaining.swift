import QueueModel
import QueueStoreKit

/// What a claim would do, and why it would not.
struct Explaining: StoreComponent {
    let context: StoreContext

    /// Returns the job that a claim would take first.
    ///
    /// Where the answer needs a change (jobs have become due, the first has expired), the change is undone afterwards.
    func peek(
        _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) throws(QueueError) -> Written<JobRecord?> {
        var hasChanged = false
        if let due = try DueJobs(context).next(), due <= now {
            hasChanged = true
            try DueJobs(context).promote(at: now)
        }
        var first: JobRecord?
        if !context.pauses.inForce(at: now).pauses.contains(where: { $0.target == .queue }) {
            first = try ClaimViews(context).withView(of: worker, rules, at: now) {
                (view) throws(QueueError) -> JobRecord? in
                while let next = try context.lanes.next(in: view, &context.buckets, context.laneReader) {
                    guard let record = try session.record(next.id) else { return nil }
                    guard let expiry = record.expiresAt, expiry <= now else { return record }
                    hasChanged = true
                    if let head = try jobs.head(next.id) { jobs.leave(head) }
                }
                return nil
            }
        }
        return hasChanged ? .discard(first) : .keep(first)
    }

    /// Whether the index of lanes is known to match the table, and nothing has become due since: then a look needs no
    /// transaction.
    ///
    /// What other connections have written shows only in one.
    func mayLook(at now: Timestamp) throws(QueueError) -> Bool {
        guard !context.isShared, context.lanes.isLoaded else { return false }
        return try DueJobs(context).next().map { $0 > now } ?? true
    }

    /// Explains why a job does not run now, by the gates of a claim.
    func explain(
        _ id: JobID, _ rules: AdmissionRules, worker: WorkerID?, at now: Timestamp
    ) throws(QueueError) -> Written<JobExplanation?> {
        guard let head = try jobs.head(id.rawValue), let record = try session.record(id.rawValue) else {
            return .keep(nil)
        }
        try jobs.know(head.lane)
        let place = rules.types[record.type]
        var answer = JobExplanation(
            job: record,
            domain: place.flatMap { rules.domains.indices.contains($0) ? rules.domains[$0].name : nil } ?? "")
        if !head.state.isTerminal, head.state != .running {
            let domain = place == nil ? nil : answer.domain
            answer.pauses = context.pauses.inForce(at: now).pauses.filter {
                $0.target.covers(domain: domain, group: record.group)
            }
        }
        switch head.state {
        case .blocked:
            // One that has ended otherwise than completed still blocks what waits for a person to decide.
            var ids: [Int64] = []
            var deleted: [Int64] = []
            for id in try session.dependencies(of: head.id) {
                guard let state = try jobs.status(of: id)?.state else {
                    deleted.append(id)
                    continue
                }
                if !state.isTerminal || state != .completed && head.flags.dependencyPolicy != .ignore { ids.append(id) }
            }
            // It is not known which of the deleted ones had completed, unless all or none had.
            let count = try jobs.status(of: head.id)?.openDependencies ?? ids.count
            if ids.count + deleted.count == count { ids = (ids + deleted).sorted() }
            answer.obstacles = [.dependencies(Self.named(ids), count: count)]
        case .waiting:
            let ids = try session.ids(.childrenOf, head.id)
            answer.obstacles = [.children(Self.named(ids), count: ids.count)]
        case .preempted:
            answer.obstacles = [.preempted]
        case .ready, .scheduled, .suspect:
            return try explainPending(head, record, rules, worker, answer, at: now)
        default: break
        }
        return .keep(answer)
    }

    private func explainPending(
        _ head: JobHead, _ record: JobRecord, _ rules: AdmissionRules, _ worker: WorkerID?,
        _ start: JobExplanation, at now: Timestamp
    ) throws(QueueError) -> Written<JobExplanation?> {
        var answer = start
        let since = try context.laneReader.waitsSince(head.id)
        let facts = try ClaimViews(context).withView(of: worker, rules, at: now) {
            (view) throws(QueueError) -> GateFacts? in
            answer.effectivePriority = Priority(
                rawValue: UInt8(clamping: context.lanes[view: view].effectivePriority(head.lane, since: since)))
            guard context.lanes[view: view].rules.claims(type: head.lane.type) else { return nil }
            var facts = context.lanes.facts(of: head.lane, isSuspect: head.isSuspect, in: view, &context.buckets)
            let count = worker.map { context.lanes.running.count(of: $0.rawValue, below: -1) } ?? 0
            facts.worker = .init(running: count, limit: rules.concurrency)
            return facts
        }
        guard var facts else {
            answer.obstacles = [.noExecutor]
            return .keep(answer)
        }
        facts.queuePause = ClaimRules.pause(on: .queue, of: context.pauses.inForce(at: now).pauses)
        facts.runAfter = record.runAfter
        facts.expiresAt = record.expiresAt
        answer.obstacles = Gate.blocks(of: facts).map { .gate($0) }
        guard answer.obstacles.isEmpty else { return .keep(answer) }
        switch try peek(rules, worker: worker, at: now) {
        case .keep(let first):
            answer.obstacles = Self.behind(first, record)
            return .keep(answer)
        case .discard(let first):
            answer.obstacles = Self.behind(first, record)
            return .discard(answer)
        }
    }

    private static func behind(_ first: JobRecord?, _ job: JobRecord) -> [JobExplanation.Obstacle] {
        if let first, first.id != job.id { [.behind(first.id)] } else { [] }
    }

    private static func named(_ ids: [Int64]) -> [JobID] {
        ids.prefix(JobExplanation.namedJobs).map { JobID($0) }
    }
}
