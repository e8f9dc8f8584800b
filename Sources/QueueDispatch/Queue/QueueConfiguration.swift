public import QueueModel

/// The settings of a queue.
///
/// The range of each setting is checked when the queue is created; see ``validate()``.
public struct QueueConfiguration: Sendable {
    // MARK: Jobs

    /// The defaults of all jobs; submissions, job types and domains override them.
    public var defaults = JobOptions()
    /// The limits on submissions.
    public var limits = JobSubmission.Limits.default
    /// The largest encoded output of an executor, in bytes: 0…1 GiB, default 1 MiB.
    ///
    /// A job with a larger output fails permanently.
    public var outputBytes = 1 << 20
    /// The largest encoded checkpoint, in bytes: 0…1 GiB, default 1 MiB.
    ///
    /// Saving a larger one throws ``QueueError/Code/checkpointTooLarge``; the previous checkpoint is kept.
    public var checkpointBytes = 1 << 20
    /// The number of children a job may spawn in all its attempts: 0…10 000 000, default 100 000.
    ///
    /// Spawning more throws ``QueueError/Code/tooManyChildren``, and stores none of the batch. Duplicates that are kept
    /// in place of new children do not count, nor do submissions that name the job as their parent without its context.
    public var maximumChildren = 100_000
    /// The number of generations of descendants of a job that has no parent: 0…1000, default 32.
    ///
    /// If a job of the last generation spawns, it throws ``QueueError/Code/nestedTooDeeply``. A job's first spawning
    /// costs one look-up per ancestor.
    public var maximumDepth = 32
    /// The retention of ended jobs; `nil` keeps all of them.
    ///
    /// Default: the last 100 000, and all dead letters.
    public var retention: RetentionPolicy? = RetentionPolicy()

    // MARK: What runs when

    /// The number of jobs this worker runs at once, at least 1; default 8.
    ///
    /// ``JobQueue/Limits/setConcurrency(_:)`` changes it later.
    public var concurrency: Int
    /// The limits of groups, by name.
    public var groups: [String: GroupRule] = [:]
    /// The limit of each group that is not in ``groups``; default: none.
    public var otherGroups = GroupRule()
    /// How waiting jobs become more urgent; default: they do not.
    ///
    /// ``JobQueue/Limits/setAging(_:)`` changes it later.
    public var aging: AgingPolicy?
    /// How this worker's slots are divided between groups; default: by priority alone.
    ///
    /// ``JobQueue/Limits/setFairShare(_:)`` changes it later.
    public var fairShare: FairSharePolicy?
    /// The least urgent priority for which running jobs are preempted when this worker has no free slot; `nil`: none,
    /// default ``Priority/realtime``.
    ///
    /// The least urgent running jobs are asked to stop, and run again when no job at or above the priority is ready or
    /// running. Only executors that respond to cancellation make room.
    public var preemptsAt: Priority? = .realtime
    /// The sources of pressure, which hold back jobs that are not urgent when the machine is under load; default: none.
    public var pressure: [any PressureSource] = []
    /// The priorities that are held back at a given pressure; default: from 192 on above 0.50, from 128 on above 0.75.
    public var pressurePolicy = PressurePolicy.default
    /// The limit on the bytes that running jobs are expected to move; default: none.
    public var ioBudget: IOBudget?
    /// How often jobs that the machine's load holds back are looked at again, at least 10 ms; default 1 s.
    public var loadInterval: Duration = .seconds(1)

    // MARK: Time

    /// How long a worker may be silent before others take its jobs, at least 1 s; default 30 s.
    ///
    /// The lease is renewed three times as often.
    public var lease: Duration = .seconds(30)
    /// The number of crashes with a job as the only suspect after which the job is dead-lettered, at least 1; default
    /// 3.
    public var maximumCrashes = 3
    /// How often a queue looks for work without a signal, at least 1 ms; default 5 s.
    public var pollInterval: Duration = .seconds(5)
    /// The shortest time between two progress events of a running job, at least 1 ms; default 100 ms.
    public var progressInterval: Duration = .milliseconds(100)
    /// How long a shutdown lets running jobs continue before it cancels them, and how long it then tries to store their
    /// completions; at least zero, default 30 s.
    public var shutdownTimeLimit: Duration = .seconds(30)
    /// How long an executor's `cancelled` hook may take before it is canceled itself, at least zero; default 10 s.
    public var cancelHookTimeLimit: Duration = .seconds(10)
    /// How often jobs that have expired and don't run are looked for and ended, at least 100 ms; default 60 s.
    ///
    /// A claim also ends the expired jobs that it comes to. Jobs behind others, blocked jobs and waiting jobs are left
    /// to this sweep.
    public var expiryInterval: Duration = .seconds(60)

    // MARK: The store

    /// How completions are batched and retried, and when they hold back claims.
    public var completions = CompletionSettings()
    /// The delay before a failed call to the store is repeated, if the failure may be temporary: claims, schedules,
    /// bulk operations.
    ///
    /// ``CompletionSettings/retryDelay`` is the delay for completions.
    public var storeRetryDelay = RetryDelay()

    // MARK: The surroundings

    /// Values that executors find with ``JobContext/state(_:)``; see ``setState(_:)``.
    private(set) var states: [ObjectIdentifier: any Sendable] = [:]
    /// Code around each execution, the outermost first; default: none.
    ///
    /// ``Domain/middleware(_:)`` adds to it.
    public var middleware: [any ExecutionMiddleware] = []
    /// The coder that turns payloads, outputs and checkpoints into bytes.
    public var coder: any PayloadCoder
    /// The destination of log lines; default: standard error, from `warning` on.
    public var log: any LogSink = StandardErrorLog()
    /// The destination of metrics; default: none.
    public var metrics: (any MetricsSink)?
    /// The clock that shows the time of day.
    public var wallClock: any WallClock = SystemWallClock()
    /// The clock that the queue waits on.
    public var clock: any Clock<Duration> = ContinuousClock()
    /// The seed of the jitter of retries, for repeatable runs; `nil`: a random seed.
    public var seed: UInt64?
    /// The preferred executor of the queue's tasks, including those of job executors that name another; `nil`: no
    /// preference.
    ///
    /// A simulation runs all tasks on one thread.
    package var taskExecutor: (any TaskExecutor)?

    /// Creates a configuration with the defaults, and a coder.
    public init(coder: any PayloadCoder, concurrency: Int = 8) {
        self.coder = coder
        self.concurrency = concurrency
    }

    /// Gives all executors a value that they find by its type, unless their domain has one of that type.
    public mutating func setState<State: Sendable>(_ value: State) {
        states[ObjectIdentifier(State.self)] = value
    }

    /// Checks each setting against its range.
    ///
    /// - Throws: ``QueueError/Code/invalidOption`` for the first setting outside its range.
    public func validate() throws(QueueError) {
        let gibibyte = 1 << 30
        try SettingRange("concurrency", 1...).check(concurrency)
        try SettingRange("lease", Duration.seconds(1)...).check(lease)
        try SettingRange("maximumCrashes", 1...).check(maximumCrashes)
        try SettingRange("pollInterval", Duration.milliseconds(1)...).check(pollInterval)
        try SettingRange("progressInterval", Duration.milliseconds(1)...).check(progressInterval)
        try SettingRange("shutdownTimeLimit", Duration.zero...).check(shutdownTimeLimit)
        try SettingRange("cancelHookTimeLimit", Duration.zero...).check(cancelHookTimeLimit)
        try SettingRange("loadInterval", Duration.milliseconds(10)...).check(loadInterval)
        try SettingRange("expiryInterval", Duration.milliseconds(100)...).check(expiryInterval)
        try SettingRange("limits.payloadBytes", 0...gibibyte).check(limits.payloadBytes)
        try SettingRange("outputBytes", 0...gibibyte).check(outputBytes)
        try SettingRange("checkpointBytes", 0...gibibyte).check(checkpointBytes)
        try SettingRange("maximumChildren", 0...10_000_000).check(maximumChildren)
        try SettingRange("maximumDepth", 0...1000).check(maximumDepth)
        if let retention {
            try SettingRange("retention.maximumCount", 0...).check(retention.maximumCount ?? 0)
            try SettingRange("retention.maximumAge", Duration.zero...).check(retention.maximumAge ?? .zero)
        }
        try completions.validate()
        try storeRetryDelay.validate("storeRetryDelay")
        for (name, rule) in groups.sorted(by: { $0.key < $1.key }) {
            try TextRule.group.check(name)
            try rule.validate("of group \"\(name)\"")
        }
        try otherGroups.validate("of other groups")
        try aging?.validate()
        try fairShare?.validate()
        try pressurePolicy.validate()
        try ioBudget?.validate()
        for source in pressure { try source.validate() }
    }
}

/// The name and the range of a setting.
struct SettingRange<Value: Comparable> {
    private let name: String
    private let lowest: Value
    private let highest: Value?

    init(_ name: String, _ range: PartialRangeFrom<Value>) {
        self.name = name
        (lowest, highest) = (range.lowerBound, nil)
    }

    init(_ name: String, _ range: ClosedRange<Value>) {
        self.name = name
        (lowest, highest) = (range.lowerBound, range.upperBound)
    }

    /// Throws ``QueueError/Code/invalidOption`` if a value is outside the range.
    func check(_ value: Value) throws(QueueError) {
        if let highest {
            if value >= lowest, value <= highest { return }
            throw QueueError(.invalidOption, "\(name) is \(value), it must be \(lowest)…\(highest)")
        }
        if value < lowest { throw QueueError(.invalidOption, "\(name) is \(value), it must be at least \(lowest)") }
    }
}
