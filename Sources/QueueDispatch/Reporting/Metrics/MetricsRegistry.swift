import QueueModel
import QueueStoreKit
import Synchronization

/// The metrics that a queue keeps, and passes on to its sink.
///
/// Starts and ends come in batches, so one lock per batch and plain additions are cheaper than atomics would be. Only
/// submissions, which many callers make at once, are counted without a lock.
final class MetricsRegistry: Sendable {
    private let sink: (any MetricsSink)?
    private let submissions = SubmissionCounter()
    private let state: Mutex<State>

    private struct State {
        var counters = JobQueue.Counters()
        var batchSize = QueueMetrics.Histogram(of: .batchSize)
        var commitTime = QueueMetrics.Histogram(of: .commitTime)
        var types: [TypeRecord]
    }

    /// The metrics of one type; arrays are indexed by ``AttemptOutcome``, since an index is cheaper than a hash.
    fileprivate struct TypeRecord {
        let type: JobType
        var started = 0
        var queueWait = QueueMetrics.Histogram(of: .queueWait)
        var attempts = Array(repeating: 0, count: AttemptOutcome.allCases.count)
        var durations = [QueueMetrics.Histogram?](repeating: nil, count: AttemptOutcome.allCases.count)
        var history = DurationHistory()
    }

    init(types: [JobType], sink: (any MetricsSink)?) {
        self.sink = sink
        state = Mutex(State(types: types.map { TypeRecord(type: $0) }))
    }

    // MARK: Counting

    /// Counts submissions.
    func noteSubmitted(_ outcomes: some Collection<SubmitOutcome>) {
        var counts = QueueMetrics.Submissions()
        for outcome in outcomes { counts.add(outcome) }
        submissions.add(counts)
        guard let sink else { return }
        for outcome in outcomes { sink.add(1, to: .submissions, [.outcome(outcome)]) }
    }

    /// Counts attempts that begin, with the time for which they were delayed.
    func noteStarted(_ executions: [Execution]) {
        state.withLock { state in
            state.counters.claimed += executions.count
            for execution in executions {
                let index = execution.executor.index
                state.types[index].started += 1
                state.types[index].queueWait.add(Self.wait(of: execution.job))
            }
        }
        guard let sink else { return }
        for execution in executions {
            let labels = [QueueMetric.Label.type(execution.executor.type)]
            sink.add(1, to: .started, labels)
            sink.observe(Self.wait(of: execution.job), in: .queueWait, labels)
        }
    }

    /// Counts a transaction that committed ended attempts.
    func noteCommitted(batch: Int, took: Duration) {
        let seconds = took / .seconds(1)
        state.withLock { state in
            state.batchSize.add(Double(batch))
            state.commitTime.add(seconds)
        }
        guard let sink else { return }
        sink.observe(Double(batch), in: .batchSize, [])
        sink.observe(seconds, in: .commitTime, [])
    }

    /// Counts ended attempts.
    func noteEnded(_ batch: [FinishedAttempt], _ outcomes: [CompletionOutcome]) {
        state.withLock { state in
            state.counters.batches += 1
            for (attempt, outcome) in zip(batch, outcomes) {
                let index = attempt.execution.executor.index
                // It is counted when the attempt's new end is recorded.
                if case .effectFailed = outcome { continue }
                guard case .recorded(let jobState) = outcome else {
                    state.counters.stale += 1
                    state.types[index].count(.stale)
                    continue
                }
                state.counters.attempts += 1
                if jobState == .completed { state.counters.completed += 1 }
                let seconds = attempt.seconds
                state.types[index].count(attempt.outcome(recordedAs: jobState), took: seconds)
                if case .success = attempt.completion.end, attempt.execution.job.phase == .execute {
                    state.types[index].history.add(seconds)
                }
            }
        }
        guard let sink else { return }
        for (attempt, outcome) in zip(batch, outcomes) {
            let type = QueueMetric.Label.type(attempt.execution.executor.type)
            if case .effectFailed = outcome { continue }
            guard case .recorded(let jobState) = outcome else {
                sink.add(1, to: .attempts, [type, .outcome(AttemptOutcome.stale)])
                continue
            }
            let labels = [type, QueueMetric.Label.outcome(attempt.outcome(recordedAs: jobState))]
            sink.add(1, to: .attempts, labels)
            sink.observe(attempt.seconds, in: .runDuration, labels)
        }
    }

    /// Counts an end that could not be stored.
    func noteRejected(_ attempt: FinishedAttempt) {
        let executor = attempt.execution.executor
        state.withLock { state in
            state.counters.rejected += 1
            state.types[executor.index].count(.rejected)
        }
        sink?.add(1, to: .attempts, [.type(executor.type), .outcome(AttemptOutcome.rejected)])
    }

    // MARK: History

    /// Returns how long jobs of a type took.
    func history(of executor: ExecutorEntry) -> DurationHistory {
        state.withLock { $0.types[executor.index].history }
    }

    /// Returns whether the store should be asked how long jobs of a type took: once, and only while none has ended
    /// here.
    func beginAskingHistory(of executor: ExecutorEntry) -> Bool {
        state.withLock { state in
            let history = state.types[executor.index].history
            guard history.count == 0, !history.isAsked else { return false }
            state.types[executor.index].history.isAsked = true
            return true
        }
    }

    /// Adds durations from the store, the oldest first, unless a job has ended meanwhile.
    func learn(_ durations: [Double], of executor: ExecutorEntry) {
        state.withLock { state in
            guard state.types[executor.index].history.count == 0 else { return }
            for duration in durations { state.types[executor.index].history.add(duration) }
        }
    }

    // MARK: Reading

    /// The queue's totals.
    var counters: JobQueue.Counters { state.withLock { $0.counters } }

    /// The metrics so far.
    var metrics: QueueMetrics {
        var metrics = QueueMetrics()
        metrics.submissions = submissions.counts
        let state = state.withLock { $0 }
        metrics.batchSize = state.batchSize
        metrics.commitTime = state.commitTime
        for record in state.types {
            var figures = QueueMetrics.TypeMetrics()
            figures.started = record.started
            figures.queueWait = record.queueWait
            for (outcome, count) in zip(AttemptOutcome.allCases, record.attempts) where count > 0 {
                figures.attempts[outcome] = count
            }
            for (outcome, histogram) in zip(AttemptOutcome.allCases, record.durations) {
                if let histogram { figures.durations[outcome] = histogram }
            }
            metrics.types[record.type] = figures
        }
        return metrics
    }

    private static func wait(of job: JobRecord) -> Double {
        let since = max(job.submittedAt, job.runAfter ?? job.submittedAt)
        return max(0, (job.startedAt ?? since).seconds(since: since))
    }
}

extension MetricsRegistry.TypeRecord {
    fileprivate mutating func count(_ outcome: AttemptOutcome) {
        attempts[outcome.index] += 1
    }

    fileprivate mutating func count(_ outcome: AttemptOutcome, took seconds: Double) {
        count(outcome)
        if durations[outcome.index] == nil { durations[outcome.index] = QueueMetrics.Histogram(of: .runDuration) }
        durations[outcome.index]?.add(seconds)
    }
}

extension AttemptOutcome {
    /// Its index among all cases.
    fileprivate var index: Int { Int(rawValue) }
}

extension FinishedAttempt {
    fileprivate func outcome(recordedAs state: JobState) -> AttemptOutcome {
        AttemptOutcome(completion.end, recordedAs: state)
    }

    fileprivate var seconds: Double {
        max(0, completion.endedAt.seconds(since: completion.startedAt))
    }
}
