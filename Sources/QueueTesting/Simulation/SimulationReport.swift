/// What was seen in a ``Simulation``.
public struct SimulationReport: Sendable {
    /// The seed that gives this very history again.
    public let seed: UInt64
    /// What was wrong, one sentence each, the first first; empty if all held.
    ///
    /// A sentence begins with the invariant that was broken:
    ///
    /// - I1: a submission that was acknowledged is not in the store.
    /// - I2: a job is gone, or in two places.
    /// - I3: a job ended twice, was handed to two workers at once, or a stale attempt changed something.
    /// - I4: a subscriber was told of an end that the store does not have.
    /// - I5: more run than the limit of a worker, a domain or a group lets run.
    /// - I6: a job began before its dependencies had ended as its policy demands.
    /// - I7: two active jobs have one unique key.
    /// - I8: a job began before another that was ready and comes first (looked at where neither ages nor shares decide).
    /// - I9: ``SimulatedWorld/settle(within:)`` waited in vain for jobs to end.
    ///
    /// What a store's own `check()` finds, what the scenario throws, and what left the simulation are told likewise.
    public let violations: [String]
    /// How many steps there were, from one suspension of a task to its next.
    public let steps: Int
    /// How much time passed on the clock.
    public let duration: Duration
    private let lines: [Witness.Line]

    init(seed: UInt64, violations: [String], lines: [Witness.Line], steps: Int, duration: Duration) {
        self.seed = seed
        self.violations = violations
        self.lines = lines
        self.steps = steps
        self.duration = duration
    }

    /// What happened, a line each: seconds since the start, the wall clock in milliseconds, who, what.
    ///
    /// Made when it is read. It holds acknowledgements, events, turns of the run loops, recoveries, warnings of the queues, and what
    /// ``SimulatedWorld/log(_:)`` was given; the same seed gives the same lines.
    public var log: [String] { lines.map(\.description) }
}
