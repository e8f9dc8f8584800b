public import QueueCompletion
public import QueueModel
import QueueStoreKit

/// How a queue runs.
///
/// Every setting has a range, checked when the queue is made.
public struct QueueConfiguration: Sendable {
    /// How many jobs this worker runs at once, at least 1; default 8.
    ///
    /// It can be changed while the queue runs.
    public var concurrency: Int
    /// Defaults of all jobs, the last level before the built-in ones (rule S2).
    public var defaults: JobOptions
    /// Limits of groups by name.
    public var groups: [String: GroupRule]
    /// The limit of every group that is not named; default: none.
    public var otherGroups: GroupRule
    /// How jobs that wait become more urgent (rule D5); default: they do not.
    ///
    /// It can be changed while the queue runs.
    public var aging: AgingPolicy?
    /// How this worker's slots are divided between groups (rule D6); default: by priority alone.
    ///
    /// It can be changed while the queue runs.
    public var fairShare: FairSharePolicy?
    /// The least urgent priority for which running jobs are set aside when no slot of the worker is free (rule D7); `nil`: none, default
    /// ``Priority/realtime``.
    ///
    /// The least urgent jobs are asked to stop, and run again when no job at or above the priority is ready or runs. Only executors that
    /// heed their cancellation make room.
    public var preemptsAt: Priority?
    /// How large submissions may be.
    public var limits: SubmissionLimits
    /// Bytes of what an executor returns, encoded: 0…1 GiB, default 1 MiB.
    ///
    /// A job with a larger output fails for good.
    public var outputBytes: Int
    /// Bytes of a checkpoint, encoded: 0…1 GiB, default 1 MiB.
    ///
    /// Saving a larger one throws ``QueueError/Code/checkpointTooLarge``; the checkpoint before it is kept.
    public var checkpointBytes: Int
    /// How many children a job may spawn in all its attempts: 0…10 000 000, default 100 000 (rule D12).
    ///
    /// One more throws ``QueueError/Code/tooManyChildren``, and of its batch none is stored. Duplicates that are kept in place of new children
    /// do not count, nor do submissions that name the job as their parent without its context.
    public var maximumChildren: Int
    /// How many generations of descendants a job may have that is nobody's child: 0…1000, default 32 (rule D12).
    ///
    /// A job of the last generation that spawns gets ``QueueError/Code/nestedTooDeeply``. A job's first spawning costs a look-up for each of
    /// its ancestors.
    public var maximumDepth: Int
    /// How completions are batched, retried and when they hold back the claim (rules C6, C7, C9).
    public var completions: CompletionChannelOptions
    /// How long a worker may be silent before others take its jobs, at least 1 s; default 30 s.
    ///
    /// It is renewed three times as often.
    public var lease: Duration
    /// In how many crashes a job may be the only suspect before it is dead-lettered, at least 1; default 3 (rule L4).
    public var maximumCrashes: Int
    /// How often a queue without signals looks for work all the same, at least 1 ms; default 5 s.
    public var pollInterval: Duration
    /// How often subscribers are told how far each running job is, at most; at least 1 ms, default 100 ms (rule Q4).
    public var progressInterval: Duration
    /// How long a shutdown lets running jobs go on before it cancels them, and then tries to store their completions, each;
    /// at least zero, default 30 s.
    public var shutdownTimeLimit: Duration
    /// How long an executor's `cancelled` hook may take before it is cancelled itself, at least zero; default 10 s.
    public var cancelHookTimeLimit: Duration
    /// Which ended jobs are kept; `nil`: all.
    ///
    /// Default: the last 100 000, and all dead letters.
    public var retention: RetentionPolicy?
    /// How often jobs that have expired and don't run are looked for and ended (rule Q7), at least 100 ms; default 60 s.
    ///
    /// A claim ends those that it comes to in any case. Those behind others, blocked and waiting ones are left to this sweep.
    public var expiryInterval: Duration
    /// What holds back jobs that are not urgent when the machine is strained (rule D9); default: nothing.
    public var pressure: [any PressureSource]
    /// How often jobs that the machine's load holds back (rules D9, D10) are looked at again, at least 10 ms; default 1 s.
    public var loadInterval: Duration
    /// What limits the bytes that running jobs are expected to move (rule D10); default: nothing.
    public var ioBudget: IOBudget?
    /// Which priorities are held back at which pressure; default: from 192 on above 0.50, from 128 on above 0.75.
    public var pressurePolicy: PressurePolicy
    /// Values that executors find in ``JobContext/state(_:)``; see ``setState(_:)``.
    private(set) var states: [ObjectIdentifier: any Sendable] = [:]
    /// Code around each execution, the outermost first; default: none.
    ///
    /// ``Domain/middleware(_:)`` adds to it.
    public var middleware: [any ExecutionMiddleware]
    /// Turns payloads, outputs and checkpoints into bytes.
    public var coder: any PayloadCoder
    /// Where the queue's few lines go; default: standard error, from `warning` on.
    public var log: any LogSink
    /// Where the queue's figures go; default: nowhere.
    public var metrics: (any MetricsSink)?
    /// What time it is.
    public var wallClock: any WallClock
    /// What the queue waits on.
    public var clock: any Clock<Duration>
    /// The seed of the jitter of retries; `nil`: a random one.
    ///
    /// Given to make a run repeatable.
    public var seed: UInt64?
    /// What the queue's tasks prefer to run on, those of executors that name another included; `nil`: what each says, as ever.
    ///
    /// A simulation gives one thread for all of them.
    package var taskExecutor: (any TaskExecutor)?

    /// Makes a configuration with the defaults, and a coder.
    public init(coder: any PayloadCoder, concurrency: Int = 8) {
        self.coder = coder
        self.concurrency = concurrency
        defaults = JobOptions()
        groups = [:]
        otherGroups = GroupRule()
        limits = .default
        outputBytes = 1 << 20
        checkpointBytes = 1 << 20
        maximumChildren = 100_000
        maximumDepth = 32
        completions = CompletionChannelOptions()
        lease = .seconds(30)
        maximumCrashes = 3
        pollInterval = .seconds(5)
        progressInterval = .milliseconds(100)
        shutdownTimeLimit = .seconds(30)
        cancelHookTimeLimit = .seconds(10)
        retention = RetentionPolicy()
        expiryInterval = .seconds(60)
        aging = nil
        fairShare = nil
        preemptsAt = .realtime
        pressure = []
        loadInterval = .seconds(1)
        ioBudget = nil
        pressurePolicy = .default
        middleware = []
        log = StandardErrorLog()
        metrics = nil
        wallClock = SystemWallClock()
        clock = ContinuousClock()
        seed = nil
        taskExecutor = nil
    }

    /// Gives all executors a value that they find by its type, unless their domain has one of that type.
    public mutating func setState<State: Sendable>(_ value: State) {
        states[ObjectIdentifier(State.self)] = value
    }

    /// Throws ``QueueError/Code/invalidOption`` for the first setting that is outside of its range.
    public func validate() throws(QueueError) {
        func require(_ holds: Bool, _ rule: @autoclosure () -> String) throws(QueueError) {
            if !holds { throw QueueError(.invalidOption, rule()) }
        }
        try require(concurrency >= 1, "the concurrency is \(concurrency), it must be at least 1")
        try require(lease >= .seconds(1), "the lease is \(lease), it must be at least 1 s")
        try require(maximumCrashes >= 1, "maximumCrashes is \(maximumCrashes), it must be at least 1")
        try require(pollInterval >= .milliseconds(1), "pollInterval is \(pollInterval), it must be at least 1 ms")
        try require(
            progressInterval >= .milliseconds(1), "progressInterval is \(progressInterval), it must be at least 1 ms")
        try require(
            shutdownTimeLimit >= .zero, "shutdownTimeLimit is \(shutdownTimeLimit), it must not be negative")
        try require(
            cancelHookTimeLimit >= .zero, "cancelHookTimeLimit is \(cancelHookTimeLimit), it must not be negative")
        try require(
            (0...(1 << 30)).contains(limits.payloadBytes),
            "the limit of payloads is \(limits.payloadBytes) bytes, it must be 0…1073741824")
        try require(
            (0...(1 << 30)).contains(outputBytes),
            "the limit of outputs is \(outputBytes) bytes, it must be 0…1073741824")
        try require(
            (0...(1 << 30)).contains(checkpointBytes),
            "the limit of checkpoints is \(checkpointBytes) bytes, it must be 0…1073741824")
        try require(
            (0...10_000_000).contains(maximumChildren), "maximumChildren is \(maximumChildren), it must be 0…10000000")
        try require((0...1000).contains(maximumDepth), "maximumDepth is \(maximumDepth), it must be 0…1000")
        for (name, rule) in groups.sorted(by: { $0.key < $1.key }) {
            try TextRule.group.check(name)
            try rule.validate("of group \"\(name)\"")
        }
        try otherGroups.validate("of other groups")
        try aging?.validate()
        try fairShare?.validate()
        try require(loadInterval >= .milliseconds(10), "loadInterval is \(loadInterval), it must be at least 10 ms")
        try require(
            expiryInterval >= .milliseconds(100), "expiryInterval is \(expiryInterval), it must be at least 100 ms")
        if let retention {
            try require((retention.maximumCount ?? 0) >= 0, "the retention's count is negative")
            try require((retention.maximumAge ?? .zero) >= .zero, "the retention's age is negative")
        }
        try pressurePolicy.validate()
        try ioBudget?.validate()
        for source in pressure { try source.validate() }
        do {
            try completions.validate()
        } catch {
            throw QueueError(.invalidOption, "completions: \(error)", underlying: error)
        }
    }
}
