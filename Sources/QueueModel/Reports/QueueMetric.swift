/// A figure that a queue reports: its name, what it means, and of which kind it is.
///
/// Names follow the conventions of Prometheus: base units, `_total` at the end of counters.
public struct QueueMetric: Hashable, Sendable {
    /// The name, of letters, digits and `_`.
    public let name: String
    /// What it means, in one sentence.
    public let help: String
    /// Of which kind it is.
    public let kind: Kind
    /// The upper bounds of a histogram's buckets, ascending, without the infinite one; empty for others.
    public let buckets: [Double]

    /// A kind of figure.
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

    /// Submissions through this queue; labelled with their `outcome`.
    public static let submissions = QueueMetric(
        .counter, "submissions_total", "Submissions through this queue, by what became of them.")
    /// Attempts that claims have started; labelled with the job's `type`.
    public static let started = QueueMetric(
        .counter, "started_total", "Attempts that claims have started, by job type.")
    /// Ended attempts; labelled with the job's `type` and the ``AttemptOutcome``.
    public static let attempts = QueueMetric(
        .counter, "attempts_total", "Ended attempts, by job type and by what they led to.")
    /// Seconds from when a job could have started (it was submitted, its earliest start had come) to its start; labelled with its `type`.
    public static let queueWait = QueueMetric(
        .histogram, "queue_wait_seconds", "Time from when jobs could have started to their start, by job type.",
        buckets: durations)
    /// Seconds that recorded attempts took, in whole milliseconds; labelled with the job's `type` and the ``AttemptOutcome``.
    public static let runDuration = QueueMetric(
        .histogram, "run_duration_seconds", "Time that recorded attempts took, by job type and by what they led to.",
        buckets: durations)
    /// Ended attempts a transaction.
    public static let batchSize = QueueMetric(
        .histogram, "completion_batch_size", "Ended attempts committed in one transaction.",
        buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])
    /// Seconds that the transactions took that committed ended attempts.
    public static let commitTime = QueueMetric(
        .histogram, "completion_commit_seconds", "Time that transactions took which committed ended attempts.",
        buckets: [
            0.000_01, 0.000_025, 0.000_05, 0.0001, 0.000_25, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25,
            1, 10,
        ])
    /// Jobs that run here.
    public static let running = QueueMetric(.gauge, "running_jobs", "Jobs that run on this worker.")
    /// How many jobs may run here at once.
    ///
    /// Sinks are not told: it is looked at when somebody asks for all metrics.
    public static let concurrency = QueueMetric(.gauge, "concurrency", "How many jobs may run on this worker at once.")
    /// Ended attempts that wait for their commit.
    public static let uncommitted = QueueMetric(
        .gauge, "uncommitted_completions", "Ended attempts that wait for their commit.")
    /// Jobs in the store; labelled with their `state`.
    ///
    /// Sinks are not told: it is looked at when somebody asks for all metrics.
    public static let jobs = QueueMetric(.gauge, "jobs", "Jobs in the store, by state.")
    /// The pressure, 0…1; labelled with its `source`.
    ///
    /// Sinks are not told: it is looked at when somebody asks for all metrics.
    public static let pressure = QueueMetric(.gauge, "pressure", "How strained resources are, 0 to 1, by source.")

    /// All of them, in the order in which they are written.
    public static let all: [QueueMetric] = [
        submissions, started, attempts, queueWait, runDuration, batchSize, commitTime, running, concurrency,
        uncommitted, jobs,
        pressure,
    ]

    /// From a millisecond, the resolution of stored instants, to two hours.
    private static let durations: [Double] = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200,
    ]
}

/// Takes the figures that a queue reports, to hand them on to whatever collects them (rule Q5).
///
///     struct Bridge: MetricsSink {
///         func add(_ amount: Int, to counter: QueueMetric, _ labels: [QueueMetric.Label]) {
///             Counter(label: counter.name, dimensions: labels.map { ($0.name, $0.value) }).increment(by: amount)
///         }
///         …
///     }
///
/// A queue counts by itself as well, without a sink: see its `metrics()`. Which figures there are stands in ``QueueMetric``. A sink is called
/// after the commit of what it tells of, from the queue's own loop or from the task that submits; it must be quick, and may be called
/// from several threads at once.
public protocol MetricsSink: Sendable {
    /// Raises a counter.
    func add(_ amount: Int, to counter: QueueMetric, _ labels: [QueueMetric.Label])
    /// Sets a gauge.
    func set(_ gauge: QueueMetric, to value: Double, _ labels: [QueueMetric.Label])
    /// Adds a value to a histogram.
    func observe(_ value: Double, in histogram: QueueMetric, _ labels: [QueueMetric.Label])
}

extension QueueMetric {
    /// What distinguishes the series of one metric.
    public struct Label: Hashable, Sendable {
        /// The label's name: `type`, `outcome`, `state` or `source`.
        public let name: String
        /// Its value.
        public let value: String

        /// Makes a label.
        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        /// The job's stored type.
        public static func type(_ type: JobType) -> QueueMetric.Label { QueueMetric.Label("type", type.rawValue) }
        /// What an attempt led to.
        public static func outcome(_ outcome: AttemptOutcome) -> QueueMetric.Label {
            QueueMetric.Label("outcome", outcome.name)
        }
        /// What became of a submission.
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
        /// A state of jobs.
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
