import QueueModel
import QueueStoreKit

/// What is left to be done with the references of a batch once all of it is stored.
struct BatchLinks {
    /// Submissions whose dependencies could not be looked up yet.
    var late: [Int] = []
    /// What was found of jobs that do not simply wait, by their places in the batch.
    var verdicts: [(index: Int, References)] = []
    /// Whether a submission of the batch may end jobs that others of it name.
    let mayEndJobs: Bool

    init(_ batch: [JobSubmission]) {
        mayEndJobs = batch.contains { $0.onDuplicate == .supersede }
    }
}

/// Links the submissions of a batch to one another.
struct BatchLinking: StoreComponent {
    let context: StoreContext

    /// Stores a submission of a batch that refers to others.
    ///
    /// Where nothing that comes later in the batch can make a difference its references are looked up now, and the row
    /// is written once.
    func accept(
        _ submission: JobSubmission, at index: Int, upTo last: Int64, _ outcomes: [SubmitOutcome],
        _ links: inout BatchLinks, at now: Timestamp
    ) throws(QueueError) -> SubmitOutcome {
        let isLate =
            links.mayEndJobs
            || submission.dependencies.contains {
                if case .submission(let place) = $0 { !outcomes.indices.contains(place) } else { false }
            }
        var found: References?
        if isLate {
            try Dependencies(context).check(of: submission, upTo: last)
        } else {
            found = try Dependencies(context).references(of: submission, upTo: last, outcomes)
        }
        let outcome = try Submitting(context).accept(try Dependencies(context).inheriting(submission), found, at: now)
        // It may have taken the place of its own parent.
        if case .superseded = outcome { _ = try Dependencies(context).inheriting(submission) }
        if outcome.isNew {
            if let found, found.broken != nil { links.verdicts.append((index, found)) }
            if isLate, !submission.dependencies.isEmpty { links.late.append(index) }
        }
        return outcome
    }

    /// Records the dependencies of a batch's jobs that were left, and decides what becomes of them.
    ///
    /// First every reference, then every verdict, so that the order inside of the batch makes no difference.
    func link(
        _ batch: [JobSubmission], _ outcomes: inout [SubmitOutcome], _ links: BatchLinks, at now: Timestamp
    ) throws(QueueError) {
        var verdicts = links.verdicts
        for index in links.late {
            do throws(QueueError) {
                let found = try Dependencies(context).references(of: batch[index], upTo: .max, outcomes)
                let id = outcomes[index].id.rawValue
                let row = try session.statement(.setDependencies)
                row.bind(id, at: 1)
                row.bind(found.open, at: 2)
                row.bind(found.inlineList, at: 3)
                try row.run()
                try Dependencies(context).link(id, try jobs.head(id)?.flags ?? [], to: found)
                if found.areMet || found.broken != nil { verdicts.append((index, found)) }
            } catch {
                throw error.at(index: index)
            }
        }
        try refuseCycles(batch, outcomes)
        for (index, found) in verdicts.sorted(by: { $0.index < $1.index }) {
            try judge(&outcomes[index], found, at: now)
        }
    }

    /// Decides what becomes of a new blocked job that waits for nothing, or that can't run any more.
    func judge(_ outcome: inout SubmitOutcome, _ found: References, at now: Timestamp) throws(QueueError) {
        guard let head = try jobs.head(outcome.id.rawValue), head.state == .blocked else { return }
        let before = context.changes.count
        if let (other, state) = found.broken {
            let failure = JobFailure.related(to: other, state.jobState)
            try Propagation(context).run([.end(head.id, as: .dependencyFailed, failure, cause: other)], at: now)
        } else {
            try jobs.makePending(head, at: now)
        }
        outcome.add(context.changes[before...])
    }

    private func refuseCycles(_ batch: [JobSubmission], _ outcomes: [SubmitOutcome]) throws(QueueError) {
        let cycle = try JobSubmission.cycle(
            in: batch, outcomes, waits: { (id) throws(QueueError) in try self.waits(of: id) },
            waiters: { (id) throws(QueueError) in try self.waiters(for: id) })
        if let cycle { throw JobSubmission.cycleError(cycle, outcomes) }
    }

    /// The active jobs for which a job waits, or will: its dependencies and its children.
    private func waits(of id: JobID) throws(QueueError) -> [JobID] {
        // One that was superseded within its batch waits no more.
        guard let head = try jobs.head(id.rawValue), !head.state.isTerminal else { return [] }
        var waits: [Int64] = []
        for other in try session.dependencies(of: head.id) {
            if let other = try jobs.head(other), !other.state.isTerminal { waits.append(other.id) }
        }
        if head.openChildren > 0 { waits += try session.ids(.childrenOf, head.id) }
        return waits.map { JobID($0) }
    }

    /// The active jobs that wait for an active job, or will: those that depend on it, and its parent.
    private func waiters(for id: JobID) throws(QueueError) -> [JobID] {
        var waiters = try session.ids(.openDependentsOf, id.rawValue)
        if let parent = try jobs.head(id.rawValue)?.parent { waiters.append(parent) }
        return waiters.map { JobID($0) }
    }
}
