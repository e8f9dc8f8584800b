package import QueueModel

/// The facts that the logs of workers prove about one file, and the faults in them (invariants I1 to I7).
///
/// `AuditBook`, which judges simulations, is fed with every answer of a store in the order in which the store gave
/// them. Here a worker may have been killed between a commit and the line that would have told of it. So the ledger
/// holds what is certain, and lets be what is not: a submission whose call did not return may be in the file or not.
///
/// A value. Lines are taken in the order of their time.
package struct Ledger: Sendable {
    /// A submission that was begun.
    struct Submission: Sendable {
        /// The job that stands for it, if the call returned.
        var id: JobID?
        /// Whether the job is its own.
        var isNew = false
        /// The time at which the call returned.
        var acknowledgedAt = Int64.max
    }

    /// The findings so far.
    package private(set) var findings: [Finding] = []
    /// Submissions whose call returned.
    package private(set) var acknowledged = 0
    /// The reported ends.
    package private(set) var endsSeen = 0

    var submissions: [String: Submission] = [:]
    /// Whose own each job is.
    private var owners: [JobID: String] = [:]
    var executions: [JobID: [Execution]] = [:]
    /// The ends that an event, a result or a call reported.
    var toldEnds: [JobID: JobState] = [:]
    /// The time at which each of them was first reported.
    private var toldAt: [JobID: Int64] = [:]
    /// The ends that events reported, each once.
    private var endEvents: Set<JobID> = []
    /// The ends that were in the file when it was last read.
    private var storedEnds: [JobID: StoredJob] = [:]
    /// Jobs whose cancellation has begun.
    var cancelRequests: Set<JobID> = []
    /// Jobs with an end that was dropped.
    private var stale: Set<JobID> = []
    var claims: [ClaimOrder.Turn] = []

    /// Creates the ledger of a new file.
    package init() {}

    // MARK: Lines

    /// Adds a line of a worker's log.
    package mutating func take(_ line: LogLine, of worker: Int) {
        switch line.entry {
        case .submitting(let nonces):
            for nonce in nonces { submissions[nonce] = Submission() }
        case .acknowledged(let list):
            acknowledged += list.count
            for item in list { acknowledge(item, at: line.at) }
        case .cancelling(let id):
            cancelRequests.insert(id)
        case .cancelled(let id):
            tell(id, .cancelled, at: line.at)
        case .claimed(let since, let claims):
            self.claims.append(ClaimOrder.Turn(began: since, returned: line.at, claims: claims))
        case .started(let id, let attempt, let nonce):
            start(Execution(id, attempt: attempt, worker: worker, nonce: nonce, startedAt: line.at))
        case .stopped(let id, let attempt, let stop):
            self.stop(id, attempt, stop, at: line.at, of: worker)
        case .ended(let id, let state):
            endsSeen += 1
            if !endEvents.insert(id).inserted { find(.doubled, "I3: two events told of an end of \(id)") }
            tell(id, state, at: line.at)
        case .awaited(let id):
            endsSeen += 1
            tell(id, .completed, at: line.at)
        case .stale(let id):
            stale.insert(id)
        case .failed(let message):
            find(message.contains("busy") || message.contains("locked") ? .busy : .wrong, "a call threw \(message)")
        case .opened, .idle:
            break
        }
    }

    private mutating func acknowledge(_ item: LogLine.Acknowledgement, at: Int64) {
        if item.isNew, let other = owners.updateValue(item.nonce, forKey: item.id) {
            find(.doubled, "I2: \(item.id) was given to \(other) and to \(item.nonce)")
        }
        submissions[item.nonce] = Submission(id: item.id, isNew: item.isNew, acknowledgedAt: at)
    }

    private mutating func start(_ execution: Execution) {
        let id = execution.id
        let before = executions[id] ?? []
        if before.contains(where: { $0.attempt == execution.attempt }) {
            find(.doubled, "I3: attempt \(execution.attempt) at \(id) began twice")
        }
        // An executor may begin late, when its attempt is no longer the present one: it was claimed before the job's
        // end, and then its worker was stopped, or the job was superseded. An attempt with a number above all others
        // was claimed afterwards; and where nobody has executed the job to its end, which cancels it, say, no number
        // tells.
        let isLate = before.contains { $0.attempt > execution.attempt }
        let told = toldEnds[id].flatMap { [.completed, .failed, .deadLettered].contains($0) ? $0 : nil }
        if !isLate, let state = storedEnds[id]?.state ?? told {
            find(.doubled, "I3: attempt \(execution.attempt) at \(id) began after the job had ended as \(state)")
        }
        executions[id, default: []].append(execution)
    }

    private mutating func stop(_ id: JobID, _ attempt: Int, _ stop: LogLine.Stop, at: Int64, of worker: Int) {
        guard let place = executions[id]?.firstIndex(where: { $0.attempt == attempt && $0.worker == worker }) else {
            find(.wrong, "attempt \(attempt) at \(id) stopped without a start")
            return
        }
        executions[id]?[place].endedAt = at
        executions[id]?[place].stop = stop
    }

    private mutating func tell(_ id: JobID, _ state: JobState, at: Int64) {
        if let other = toldEnds[id], other != state {
            find(.doubled, "I3: \(id) was told to have ended as \(other) and as \(state)")
        }
        toldEnds[id] = state
        if toldAt[id] == nil { toldAt[id] = at }
    }

    /// Notes that a worker's process is gone, since the given time.
    package mutating func bury(_ worker: Int, at: Int64) {
        for (id, list) in executions {
            for (place, execution) in list.enumerated() where execution.worker == worker && execution.endedAt == nil {
                executions[id]?[place].endedAt = max(at, execution.startedAt)
            }
        }
    }

    /// Jobs with an attempt that was lost, whose end was dropped or never came, or after which there was another: when
    /// it ended only the file can tell.
    ///
    /// One whose worker was stopped beyond its lease may come to its end, and the worker be killed before it hears that
    /// this is too late.
    package var doubtful: Set<JobID> {
        stale.union(
            executions.filter { $0.value.count > 1 || $0.value.contains { $0.stop == nil || $0.stop == .loss } }.keys)
    }

    /// The job of a nonce, if an attempt at it has begun.
    package func job(started nonce: String) -> JobID? {
        executions.first { $0.value.contains { $0.nonce == nonce } }?.key
    }

    /// Attempts whose executors were told that their lease was lost, and jobs with an end that was dropped.
    package var attemptsLost: Int {
        stale.count + executions.values.reduce(0) { $0 + $1.count { $0.stop == .loss } }
    }

    /// Notes that the file says of an attempt that it ended no later than at the given time, whatever its executor did
    /// afterwards.
    package mutating func fence(_ id: JobID, attempt: Int, at: Int64) {
        guard let place = executions[id]?.firstIndex(where: { $0.attempt == attempt }),
            let execution = executions[id]?[place]
        else { return }
        executions[id]?[place].endedAt = max(execution.startedAt, min(execution.endedAt ?? at, at))
    }

    // MARK: The file

    /// Compares all that is certain with the contents of the file, while no worker uses it.
    package mutating func compare(with jobs: [StoredJob]) {
        var stored: [JobID: StoredJob] = [:]
        var owners: [String: JobID] = [:]
        var keys: [[Uniqueness.Key]: JobID] = [:]
        for job in jobs {
            if stored.updateValue(job, forKey: job.id) != nil { find(.doubled, "I2: \(job.id) is there twice") }
            guard let plan = job.plan else {
                find(.wrong, "\(job.id) has a payload that nobody made")
                continue
            }
            if plan.isSingular, !job.isCopy {
                if let other = owners.updateValue(job.id, forKey: plan.nonce) {
                    find(.doubled, "I2: \(plan.nonce) was stored as \(other) and as \(job.id)")
                }
                if submissions[plan.nonce] == nil { find(.wrong, "\(job.id) is there, and nobody submitted it") }
            }
            if !job.state.isTerminal, let key = job.key,
                let other = keys.updateValue(job.id, forKey: [.text(job.type.rawValue), key])
            {
                find(.doubled, "I7: \(other) and \(job.id) are active with one key")
            }
            compareEnds(job)
        }
        for (nonce, submission) in submissions.sorted(by: { $0.key < $1.key }) {
            guard let id = submission.id else { continue }
            guard let job = stored[id] else {
                find(.lost, "I1: the submission \(nonce) was acknowledged as \(id), which is not there")
                continue
            }
            if submission.isNew, job.plan?.nonce != nonce {
                find(.lost, "I1: the submission \(nonce) was acknowledged as \(id), which is another's")
            }
        }
        for (id, job) in storedEnds where stored[id] == nil {
            find(.lost, "I2: \(id), which had ended as \(job.state), is gone")
        }
        for (id, state) in toldEnds where stored[id]?.state != state {
            let truth = stored[id].map { "\($0.state)" } ?? "gone"
            find(.lost, "I4: \(id) was told to have ended as \(state), and it is \(truth)")
        }
        storedEnds = stored.filter { $0.value.state.isTerminal }
    }

    private mutating func compareEnds(_ job: StoredJob) {
        let id = job.id
        if let before = storedEnds[id], before.state != job.state || before.attempt != job.attempt {
            find(
                .doubled,
                "I3: \(id) had ended as \(before.state) in attempt \(before.attempt), and is \(job.state) in \(job.attempt)"
            )
        }
        // Which attempt's end was recorded: its executor must have come to it, in the very attempt that the file names,
        // and before the end was told.
        let due: LogLine.Stop? =
            switch job.state {
            case .completed: .success
            case .failed: .failure
            case .deadLettered: job.plan?.course == .poison ? nil : .retry
            default: nil
            }
        guard let due else { return }
        let told = toldAt[id] ?? .max
        let isReached = (executions[id] ?? []).contains {
            $0.attempt == job.attempt && $0.stop == due && ($0.endedAt ?? .max) <= told
        }
        if !isReached {
            find(.wrong, "I3: \(id) is \(job.state) by attempt \(job.attempt), which had not come to that end")
        }
    }

    /// Notes that something is wrong.
    package mutating func find(_ kind: Finding.Kind, _ text: String) {
        // The first few say it all; a broken store may make thousands.
        if findings.count < 100 { findings.append(Finding(kind, text)) }
    }
}
