/// How many jobs of a part have not ended, by state, and how many of them only wait for their turn.
public struct ActiveCounts: Hashable, Sendable, Codable {
    /// The number in each state; those of ended jobs are not counted, and 0.
    public var states: StateCounts
    /// Those of the pending jobs whose earliest start has come, or which have none: they wait for a slot, or a gate holds them back.
    public var due: Int

    /// Makes counts; what is not named is 0.
    public init(_ states: StateCounts = StateCounts(), due: Int = 0) {
        self.states = states
        self.due = due
    }

    /// The number of jobs that run, on whatever worker.
    public var running: Int { states[.running] }

    /// Counts jobs in a state; `isDue` counts only for pending ones.
    package mutating func add(_ count: Int, _ state: JobState, isDue: Bool) {
        states[state] += count
        if state == .pending, isDue { due += count }
    }

    /// Adds the jobs of another part.
    public static func += (left: inout ActiveCounts, right: ActiveCounts) {
        for state in JobState.active { left.states[state] += right.states[state] }
        left.due += right.due
    }
}
