/// The result of a ``Simulation``.
public struct SimulationReport: Sendable {
    /// The seed that reproduces this history.
    public let seed: UInt64
    /// The violations in the order in which they were found, one sentence each; empty if there were none.
    ///
    /// Each sentence begins with the invariant that was violated:
    ///
    /// - I1: an acknowledged submission is not in the store.
    /// - I2: a job is missing, or is in two places.
    /// - I3: a job ended twice, was claimed by two workers at the same time, or was changed by a stale attempt.
    /// - I4: a subscriber received an end that is not in the store.
    /// - I5: more jobs run than the limit of a worker, a domain or a group allows.
    /// - I6: a job started before its dependencies had ended as its policy requires.
    /// - I7: two active jobs have the same unique key.
    /// - I8: a job started before another that was ready and precedes it (only checked without aging and fair share).
    /// - I9: jobs had not ended when ``SimulatedWorld/settle(within:)`` gave up.
    ///
    /// Faults that the store's own `check()` finds, errors that the scenario throws, and work that left the
    /// simulation are violations too.
    public let violations: [String]
    /// The number of steps, each from one suspension of a task to its next.
    public let steps: Int
    /// The time that passed on the clock.
    public let duration: Duration
    private let lines: [Witness.Line]

    init(seed: UInt64, violations: [String], lines: [Witness.Line], steps: Int, duration: Duration) {
        self.seed = seed
        self.violations = violations
        self.lines = lines
        self.steps = steps
        self.duration = duration
    }

    /// The log of the history.
    ///
    /// Each line has the seconds since the start, the wall clock in milliseconds, the process
    /// and the event.
    ///
    /// The lines are formatted when this property is read. They contain acknowledgements, events, turns, recoveries,
    /// warnings of the queues, and the lines added with ``SimulatedWorld/log(_:)``. The same seed gives the same lines.
    public var log: [String] { lines.map(\.description) }
}
