/// How many jobs are in each state.
public struct StateCounts: Hashable, Sendable {
    /// One after the other, the active states first.
    private var counts: [Int]

    /// Makes counts; states that are not named have none.
    public init(_ counts: [JobState: Int] = [:]) {
        self.counts = Array(repeating: 0, count: JobState.active.count + JobState.terminal.count)
        for (state, count) in counts { self[state] = count }
    }

    /// The number of jobs in a state.
    public subscript(state: JobState) -> Int {
        get { counts[Self.place(of: state)] }
        set { counts[Self.place(of: state)] = newValue }
    }

    private static func place(of state: JobState) -> Int {
        let number = Int(state.rawValue)
        return state.isTerminal
            ? number - Int(JobState.completed.rawValue) + JobState.active.count
            : number - Int(JobState.pending.rawValue)
    }

    /// The number of jobs that have not ended.
    public var active: Int { counts[..<JobState.active.count].reduce(0, +) }
    /// The number of jobs that have ended and are still kept.
    public var terminal: Int { counts[JobState.active.count...].reduce(0, +) }
}

extension StateCounts: Codable {
    /// The states as keys, by their names: `{"pending": 3, "running": 1}`.
    private struct Key: CodingKey {
        var state: JobState

        init(_ state: JobState) { self.state = state }

        init?(stringValue: String) {
            guard let state = JobState.allCases.first(where: { "\($0)" == stringValue }) else { return nil }
            self.state = state
        }

        init?(intValue: Int) { return nil }

        var stringValue: String { "\(state)" }
        var intValue: Int? { nil }
    }

    /// Reads an object of the states that have jobs; names of other states are left out.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init()
        for key in container.allKeys { self[key.state] = try container.decode(Int.self, forKey: key) }
    }

    /// Writes an object of the states that have jobs, by their names.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for state in JobState.allCases where self[state] != 0 {
            try container.encode(self[state], forKey: Key(state))
        }
    }
}
