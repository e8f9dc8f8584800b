/// How many jobs are in each state.
public struct StateCounts: Hashable, Sendable {
    private var counts: [JobState: Int]

    /// Makes counts; states that are not named have none.
    public init(_ counts: [JobState: Int] = [:]) {
        self.counts = counts.filter { $0.value != 0 }
    }

    /// The number of jobs in a state.
    public subscript(state: JobState) -> Int {
        get { counts[state, default: 0] }
        set { counts[state] = newValue == 0 ? nil : newValue }
    }

    /// The number of jobs that have not ended.
    public var active: Int { JobState.active.reduce(0) { $0 + self[$1] } }
    /// The number of jobs that have ended and are still kept.
    public var terminal: Int { JobState.terminal.reduce(0) { $0 + self[$1] } }
}
