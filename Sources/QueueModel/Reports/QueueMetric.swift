/// A metric that a queue reports: its name, meaning and kind.
///
/// Names follow the conventions of Prometheus: base units, and `_total` at the end of counters.
public struct QueueMetric: Hashable, Sendable {
    /// The name, which consists of letters, digits and `_`.
    public let name: String
    /// The meaning, in one sentence.
    public let help: String
    /// The kind.
    public let kind: Kind
    /// The upper bounds of a histogram's buckets, ascending, without the infinite one; empty for other kinds.
    public let buckets: [Double]

    /// A kind of metric.
    public enum Kind: String, Hashable, Sendable {
        /// A number that only grows.
        case counter
        /// A number that goes up and down.
        case gauge
        /// A distribution of values over buckets.
        case histogram
    }

    private init(_ kind: Kind, _ name: String, _ help: String, buckets: [Double] = []) {
        self.name = "millrace_" + name
        self.help = help
        self.kind = kind
        self.buckets = buckets
    }

    /// Submissions through this queue; labeled with their `outcome`.
    public static let submissions = QueueMetric(
        .counter, "submissions_total", "Submissions through this queue, by what became of them.")
    /// Attempts that claims have started; labeled with the job's `type`.
    public static let started = QueueMetric(
        .counter, "started_total", "Attempts that claims have started, by job type.")
    /// Ended attempts; labeled with the job's `type` and the ``AttemptOutcome``.
    public static let attempts = QueueMetric(
        .counter, "attempts_total", "Ended attempts, by job type and by what they led to.")
    /// Seconds from when a job could have started (it was submitted and its earliest start had come) to its start;
    /// labeled with its `type`.
    public static let queueWait = QueueMetric(
        .histogram, "queue_wait_seconds", "Time from when jobs could have started to their start, by job type.",
        buckets: durations)
    /// Seconds that recorded attempts took, in whole milliseconds; labeled with the job's `type` and the
    /// ``AttemptOutcome``.
    public static let runDuration = QueueMetric(
        .histogram, "run_duration_seconds", "Time that recorded attempts took, by job type and by what they led to.",
        buckets: durations)
    /// Ended attempts per transaction.
    public static let batchSize = QueueMetric(
        .histogram, "completion_batch_size", "Ended attempts committed in one transaction.",
        buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])
    /// Seconds per transaction that committed ended attempts.
    public static let commitTime = QueueMetric(
        .histogram, "completion_commit_seconds", "Time that transactions took which committed ended attempts.",
        buckets: [
            0.000_01, 0.000_025, 0.000_05, 0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
            1, 10,
        ])
    /// Jobs that run on this worker.
    public static let running = QueueMetric(.gauge, "running_jobs", "Jobs that run on this worker.")
    /// The maximum number of jobs that run on this worker at once.
    ///
    /// It is not reported to sinks, only included when all metrics are queried.
    public static let concurrency = QueueMetric(.gauge, "concurrency", "How many jobs may run on this worker at once.")
    /// Ended attempts that wait for their commit.
    public static let uncommitted = QueueMetric(
        .gauge, "uncommitted_completions", "Ended attempts that wait for their commit.")
    /// Jobs in the store; labeled with their `state`.
    ///
    /// It is not reported to sinks, only included when all metrics are queried.
    public static let jobs = QueueMetric(.gauge, "jobs", "Jobs in the store, by state.")
    /// The pressure, 0…1; labeled with its `source`.
    ///
    /// It is not reported to sinks, only included when all metrics are queried.
    public static let pressure = QueueMetric(.gauge, "pressure", "How strained resources are, 0 to 1, by source.")

    /// All metrics, in the order in which they are written.
    public static let all: [QueueMetric] = [
        submissions, started, attempts, queueWait, runDuration, batchSize, commitTime, running, concurrency,
        uncommitted, jobs,
        pressure,
    ]

    /// From one millisecond, the resolution of stored instants, to two hours.
    private static let durations: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200,
    ]
}

/// A receiver of the metrics that a queue reports, for example to pass them on to a metrics system.
///
///     struct Bridge: MetricsSink {
///         func add(_ amount: Int, to counter: QueueMetric, _ labels: [QueueMetric.Label]) {
///             Counter(label: counter.name, dimensions: labels.map { ($0.name, $0.value) }).increment(by: amount)
///         }
///         …
///     }
///
/// A queue also counts without a sink: see its `metrics()`. ``QueueMetric`` lists the metrics. A sink is called after
/// the commit, from the queue's own loop or from the task that submits. It must be quick, and may be called from
/// several threads at once.
public protocol MetricsSink: Sendable {
    /// Increments a counter.
    func add(_ amount: Int, to counter: QueueMetric, _ labels: [QueueMetric.Label])
    /// Sets a gauge.
    func set(_ gauge: QueueMetric, to value: Double, _ labels: [QueueMetric.Label])
    /// Adds a value to a histogram.
    func observe(_ value: Double, in histogram: QueueMetric, _ labels: [QueueMetric.Label])
}

extension QueueMetric {
    /// A label that distinguishes the series of one metric.
    public struct Label: Hashable, Sendable {
        /// The label's name: `type`, `outcome`, `state` or `source`.
        public let name: String
        /// The label's value.
        public let value: String

        /// Creates a label.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        /// Returns a label for a job's stored type.
        public static func type(_ type: JobType) -> QueueMetric.Label { QueueMetric.Label("type", type.rawValue) }
        /// Returns a label for the outcome of an attempt.
        public static func outcome(_ outcome: AttemptOutcome) -> QueueMetric.Label {
            QueueMetric.Label("outcome", outcome.name)
        }
        /// Returns a label for the outcome of a submission.
        public static func outcome(_ outcome: SubmitOutcome) -> QueueMetric.Label {
            let value =
                switch outcome {
                case .inserted: "inserted"
                case .duplicate: "duplicate"
                case .upgraded: "upgraded"
                case .rerunQueued: "rerun_queued"
                case .superseded: "superseded"
                case .rejected: "rejected"
                }
            return QueueMetric.Label("outcome", value)
        }
        /// Returns a label for a state of jobs.
        public static func state(_ state: JobState) -> QueueMetric.Label {
            let value =
                switch state {
                case .deadLettered: "dead_lettered"
                case .dependencyFailed: "dependency_failed"
                default: "\(state)"
                }
            return QueueMetric.Label("state", value)
        }
    }
}
