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
        for (state, count) in counts { try container.encode(count, forKey: Key(state)) }
    }
}
