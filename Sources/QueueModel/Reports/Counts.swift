/// The number of jobs in each state.
public struct StateCounts: Hashable, Sendable {
    /// The counts in one array, the active states first.
    private var counts: [Int]

    /// Creates counts; omitted states are 0.
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
    /// The states as keys, by name: `{"pending": 3, "running": 1}`.
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

    /// Decodes an object of the states that have jobs; unknown names are ignored.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init()
        for key in container.allKeys { self[key.state] = try container.decode(Int.self, forKey: key) }
    }

    /// Encodes an object of the states that have jobs, by name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        for state in JobState.allCases where self[state] != 0 {
            try container.encode(self[state], forKey: Key(state))
        }
    }
}

extension StoreSnapshot {
    /// The number of active jobs of a type or a group by state, and how many of them may start.
    public struct ActiveCounts: Hashable, Sendable, Codable {
        /// The number in each state; those of ended states are 0.
        public var states: StateCounts
        /// The number of pending jobs whose earliest start has come, or which have none.
        ///
        /// They wait for a slot or are held back by a gate.
        public var due: Int

        /// Creates counts; omitted ones are 0.
        public init(_ states: StateCounts = StateCounts(), due: Int = 0) {
            self.states = states
            self.due = due
        }

        /// The number of running jobs, on all workers.
        public var running: Int { states[.running] }

        /// Adds jobs in a state; `isDue` matters only for pending ones.
        package mutating func add(_ count: Int, _ state: JobState, isDue: Bool) {
            states[state] += count
            if state == .pending, isDue { due += count }
        }

        /// Adds the jobs of another count.
        public static func += (left: inout StoreSnapshot.ActiveCounts, right: StoreSnapshot.ActiveCounts) {
            for state in JobState.active { left.states[state] += right.states[state] }
            left.due += right.due
        }
    }
}

extension Tag {
    /// The number of active and ended jobs that have a tag key or one of its values.
    public struct Count: Hashable, Sendable {
        /// The key or the value, depending on the query.
        public var text: String
        /// The number of jobs.
        public var count: Int

        /// Creates a count.
        public init(_ text: String, count: Int) {
            self.text = text
            self.count = count
        }
    }
}
