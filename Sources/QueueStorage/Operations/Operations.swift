import QueueModel

// The calls on the hot path as values: a caller that finds the writer idle allocates nothing for them.

/// A submission.
struct SubmitOperation: WriteOperation {
    let submission: JobSubmission
    let now: Timestamp

    func answer(from state: StoreState) throws(QueueError) -> Written<SubmitOutcome>? {
        try state.duplicate(of: submission).map { .keep($0) }
    }

    func run(in state: StoreState) throws(QueueError) -> Written<SubmitOutcome> {
        .keep(try state.submit(submission, at: now))
    }

    static var togetherCount: Int { SQL.insertWidth }

    /// Stores plain submissions of one instant by one statement.
    static func runTogether(
        _ operations: [SubmitOperation], in state: StoreState
    ) throws(QueueError) -> [SubmitOutcome]? {
        let now = operations[0].now
        guard operations.allSatisfy({ $0.now == now }),
            let first = try state.insertRun(operations.map(\.submission)[...], at: now)
        else { return nil }
        return (first..<first + Int64(operations.count)).map { .inserted(JobID($0)) }
    }
}

/// A batch of submissions.
struct SubmitBatchOperation: WriteOperation {
    let batch: [JobSubmission]
    let now: Timestamp

    func run(in state: StoreState) throws(QueueError) -> Written<[SubmitOutcome]> {
        .keep(try state.submit(contentsOf: batch, at: now))
    }
}

/// A worker's turn.
struct TurnOperation: WriteOperation {
    let completions: [Completion]
    let request: ClaimRequest?
    let now: Timestamp

    func run(in state: StoreState) throws(QueueError) -> Written<TurnResult> {
        .keep(try state.turn(finishing: completions, claiming: request, at: now))
    }
}

/// A look at what would run next; a value because in memory it needs no transaction.
struct PeekOperation: WriteOperation {
    let rules: AdmissionRules
    let worker: WorkerID?
    let now: Timestamp

    func answer(from state: StoreState) throws(QueueError) -> Written<JobRecord?>? {
        try state.mayLook(at: now) ? try state.peek(rules, worker: worker, at: now) : nil
    }

    func run(in state: StoreState) throws(QueueError) -> Written<JobRecord?> {
        try state.peek(rules, worker: worker, at: now)
    }
}
