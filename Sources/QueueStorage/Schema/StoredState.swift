import QueueModel

/// The stored state of a job: ``JobState``, with `pending` split by whether the job can be claimed.
///
/// So a claim never scans jobs that are not ready. The numbers start at 2 because SQLite stores 0 and 1 in no bytes: a
/// change between them and others would change the row's size, and only a row of the same size is written in place.
enum StoredState: Int64, CaseIterable {
    /// Pending, and can be claimed.
    case ready = 2
    case running = 3
    /// Pending, and its earliest start has not come.
    case scheduled = 4
    /// Pending, and can be claimed if no other suspect runs.
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

    /// The state outside the store.
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

    /// Returns the stored states of a state: more than one for `pending`.
    static func all(of state: JobState) -> [StoredState] {
        allCases.filter { $0.jobState == state }
    }

    /// Creates the stored form of a terminal state.
    init(terminal state: JobState) {
        // Terminal states have the same number in both.
        self = StoredState(rawValue: Int64(state.rawValue)) ?? .failed
    }
}
