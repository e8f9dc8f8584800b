import QueueModel

/// A job's state as it stands in the file: ``JobState``, with `pending` split into what can be claimed and what can't yet, so
/// that nothing that isn't ready is ever scanned.
///
/// The numbers start at 2 because SQLite stores 0 and 1 in no bytes at all: a change of state would change the row's size, and
/// a row of the same size is written in place.
enum StoredState: Int64, CaseIterable {
    /// Pending, and may be claimed.
    case ready = 2
    case running = 3
    /// Pending, with its earliest start to come.
    case scheduled = 4
    /// Pending, may be claimed, and is kept apart from other suspects (rule L4).
    case suspect = 5
    case blocked = 6
    case waiting = 7
    case preempted = 8
    case completed = 16
    case failed = 17
    case deadLettered = 18
    case cancelled = 19
    case superseded = 20
    case expired = 21
    case dependencyFailed = 22

    /// The state as the rest of the package knows it.
    var jobState: JobState {
        switch self {
        case .ready, .scheduled, .suspect: .pending
        case .running: .running
        case .blocked: .blocked
        case .waiting: .waiting
        case .preempted: .preempted
        case .completed: .completed
        case .failed: .failed
        case .deadLettered: .deadLettered
        case .cancelled: .cancelled
        case .superseded: .superseded
        case .expired: .expired
        case .dependencyFailed: .dependencyFailed
        }
    }

    /// Whether the job has ended.
    var isTerminal: Bool { rawValue >= Self.completed.rawValue }

    /// The stored states of a state; more than one for `pending`.
    static func all(of state: JobState) -> [StoredState] {
        allCases.filter { $0.jobState == state }
    }

    /// The stored form of a terminal state.
    init(terminal state: JobState) {
        // Terminal states have the same number in both.
        self = StoredState(rawValue: Int64(state.rawValue)) ?? .failed
    }
}
