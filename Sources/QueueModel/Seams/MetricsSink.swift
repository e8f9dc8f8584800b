/// Takes the figures that a queue reports, to hand them on to whatever collects them (rule Q5).
///
///     struct Bridge: MetricsSink {
///         func add(_ amount: Int, to counter: QueueMetric, _ labels: [MetricLabel]) {
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
    func add(_ amount: Int, to counter: QueueMetric, _ labels: [MetricLabel])
    /// Sets a gauge.
    func set(_ gauge: QueueMetric, to value: Double, _ labels: [MetricLabel])
    /// Adds a value to a histogram.
    func observe(_ value: Double, in histogram: QueueMetric, _ labels: [MetricLabel])
}

/// What distinguishes the series of one metric.
public struct MetricLabel: Hashable, Sendable {
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
    public static func type(_ type: JobType) -> MetricLabel { MetricLabel("type", type.rawValue) }
    /// What an attempt led to.
    public static func outcome(_ outcome: AttemptOutcome) -> MetricLabel { MetricLabel("outcome", outcome.name) }
    /// What became of a submission.
    public static func outcome(_ outcome: SubmitOutcome) -> MetricLabel {
        let value =
            switch outcome {
            case .inserted: "inserted"
            case .duplicate: "duplicate"
            case .upgraded: "upgraded"
            case .rerunQueued: "rerun_queued"
            case .superseded: "superseded"
            case .rejected: "rejected"
            }
        return MetricLabel("outcome", value)
    }
    /// A state of jobs.
    public static func state(_ state: JobState) -> MetricLabel {
        let value =
            switch state {
            case .deadLettered: "dead_lettered"
            case .dependencyFailed: "dependency_failed"
            default: "\(state)"
            }
        return MetricLabel("state", value)
    }
}
