import QueueModel
import QueueStoreKit

/// What follows from the end of a job: for its children, its parent and the jobs that depend on it.
struct Propagation: StoreComponent {
    let context: StoreContext

    /// Something that happens to a job and causes more.
    enum Step {
        /// The job ends.
        case end(Int64, as: StoredState, JobFailure?, cause: Int64?, at: Timestamp? = nil)
        /// The job ends, or, if it runs, is asked to stop.
        case stop(Int64, as: StoredState, cause: Int64?)
    }

    /// Runs steps with all that follows from them, in the order of their causes.
    ///
    /// Steps that follow are appended, so that a chain of any length needs no stack. A step for a job that
    /// has ended meanwhile does nothing.
    func run(_ first: [Step], at now: Timestamp) throws(QueueError) {
        try Dependents(context).writeUnblocked()
        var steps = first
        var index = 0
        while index < steps.count {
            switch steps[index] {
            case .end(let id, let state, let failure, let cause, let instant):
                try end(id, as: state, failure, cause: cause, endedAt: instant ?? now, at: now, &steps)
            case .stop(let id, let state, let cause):
                try stop(id, as: state, cause: cause, at: now, &steps)
            }
            index += 1
        }
    }

    private func stop(
        _ id: Int64, as state: StoredState, cause: Int64?, at now: Timestamp, _ steps: inout [Step]
    ) throws(QueueError) {
        guard let head = try jobs.head(id), !head.state.isTerminal else { return }
        guard head.isRunning else {
            steps.append(.end(id, as: state, cause.map { JobFailure.related(to: $0, .cancelled) }, cause: cause))
            return
        }
        if head.cancelRequestedAt == nil {
            try jobs.makeExtra(id, head.flags)
            try session.run(.noteCancel, id, now.milliseconds)
            try session.run(.requestCancel, id)
            context.report.stops.append(JobID(id))
        }
        if head.openChildren > 0 {
            for child in try session.ids(.childrenOf, id) { steps.append(.stop(child, as: .cancelled, cause: id)) }
        }
    }

    private func end(
        _ id: Int64, as state: StoredState, _ failure: JobFailure?, cause: Int64?, endedAt: Timestamp,
        at now: Timestamp, _ steps: inout [Step]
    ) throws(QueueError) {
        guard let head = try jobs.head(id), !head.state.isTerminal else { return }
        jobs.leave(head)
        try Statistics(context).count(head.lane.type, at: now) { $0.ended(as: state.jobState, at: now) }
        let row = try session.statement(.end)
        row.bind(id, at: 1)
        row.bind(state.rawValue, at: 2)
        row.bind(endedAt.milliseconds, at: 3)
        try row.run()
        if head.openChildren > 0 { try session.run(.endExtra, id) }
        try jobs.set(failure, of: head)
        if cause != nil {
            let age = state == .expired ? try jobs.age(of: id, at: endedAt) : nil
            try jobs.note(head, state.jobState, cause: cause, age: age)
        }
        try Dependents(context).resolve(afterEndOf: id, through: id, head.flags, state, &steps, at: now)
        try Dependents(context).writeUnblocked()
        if head.flags.contains(.hasParent) { try updateParent(of: head, state, at: now, &steps) }
        if state != .completed, head.openChildren > 0 {
            let childState: StoredState = state == .expired ? .expired : .cancelled
            for child in try session.ids(.childrenOf, id) { steps.append(.stop(child, as: childState, cause: id)) }
        }
        if head.flags.contains(.runsOnceMore), state != .superseded, let record = try session.record(id) {
            let next = try Submitting(context).accept(Submitting(context).again(record), at: now).id
            try Schedules(context).replacePredecessor(record, with: next)
            context.changes.append(JobChange(id: next, type: record.type, state: .pending, cause: JobID(id)))
        }
    }

    private func updateParent(
        of child: JobHead, _ state: StoredState, at now: Timestamp, _ steps: inout [Step]
    ) throws(QueueError) {
        guard let id = child.parent, let parent = try jobs.head(id), !parent.state.isTerminal else { return }
        try session.run(.childEnded, id)
        let isFailure = [StoredState.failed, .deadLettered, .dependencyFailed, .expired].contains(state)
        if isFailure, !parent.flags.contains(.toleratesChildFailure) {
            let failure = JobFailure.related(to: child.id, state.jobState)
            guard parent.isRunning else {
                steps.append(.end(id, as: .failed, failure, cause: child.id))
                return
            }
            // It fails when its attempt ends; until then nobody else may write over what it does. The first failure has
            // stopped the siblings; what was spawned after it ends with the parent.
            guard parent.childFailure == nil else { return }
            let row = try session.statement(.setChildFailure)
            row.bind(id, at: 1)
            row.bind(failure.message, at: 2)
            try row.run()
            for sibling in try session.ids(.childrenOf, id) {
                steps.append(.stop(sibling, as: .cancelled, cause: child.id))
            }
        } else if parent.state == .waiting, parent.openChildren == 1 {
            try finalize(parent, at: now)
            try jobs.note(parent, .pending, cause: child.id)
        }
    }

    /// Makes a job whose children have all ended pending again, to finalize.
    func finalize(_ head: JobHead, at now: Timestamp) throws(QueueError) {
        try session.run(.finalize, head.id)
        try session.run(.forgetChildren, head.id)
        try jobs.makePending(head, at: now)
    }
}
