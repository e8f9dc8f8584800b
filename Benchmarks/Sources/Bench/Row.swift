/// The place where a row's jobs are stored, and the failures that a returned commit survives.
enum StoreKind: String, CaseIterable, Codable, Sendable {
    case memory
    /// A write-ahead log, synchronised at checkpoints: survives the process.
    case fileNormal = "file-normal"
    /// Synchronised with every commit: survives the machine.
    case fileFull = "file-full"
}

/// A line of the report: a workload, what it is measured against, and in what unit.
struct Row: Sendable {
    let name: String
    var store = StoreKind.memory
    /// The divisor of the time: jobs, or operations of the row's kind.
    let jobs: Int
    /// The most often, where setting up takes long.
    var rounds: Int?
    /// Whether a round is run first that isn't counted.
    var warmsUp = true
    /// What a filter has to contain for the row to run, where it needs so much time and memory that nobody should get
    /// it unasked.
    var onRequest: String?
    /// The queue's own work; nil where a row has only a floor.
    var subject: Workload?
    /// The workloads that run in turn with it, the floor first.
    var references: [Workload] = []

    /// The names under which the row's measurements are saved.
    var allNames: [String] { ([subject].compactMap(\.self) + references).map(\.name) }

    /// The row's name on a store other than the default one.
    static func name(_ base: String, _ store: StoreKind) -> String {
        store == .memory ? base : "\(base)/\(store.rawValue)"
    }
}

/// Something that can be done again and again from the same start.
struct Workload: Sendable {
    let name: String
    /// What its time is divided by, where that is not what the row's is.
    var jobs: Int?
    /// Sets up one iteration, outside of the timed region.
    let prepare: @Sendable (Place) async throws -> Iteration
}

/// One iteration that is set up and has not run.
struct Iteration {
    /// The timed region.
    let run: () async throws -> Void
    /// Checks that all was done, throwing ``Mismatch`` if not, and tears down.
    ///
    /// Returns what else was measured, by name.
    let finish: () async throws -> [String: Double]
}

/// The directory of an iteration's files, which is deleted afterwards.
struct Place: Sendable {
    let store: StoreKind
    let directory: String
    /// The database's name in it.
    var name = "queue.db"
    /// For how long a workload that is a steady load keeps it up.
    var steady = Duration.seconds(30)

    /// The database's path; of no meaning in memory.
    var path: String { "\(directory)/\(name)" }
}

/// An iteration did not do its work.
struct Mismatch: Error, CustomStringConvertible {
    let description: String

    init<Value: Equatable>(_ what: String, expected: Value, found: Value) {
        description = "\(what): expected \(expected), found \(found)"
    }

    /// Throws unless the two are equal.
    static func check<Value: Equatable>(_ what: String, expected: Value, found: Value) throws {
        if expected != found { throw Mismatch(what, expected: expected, found: found) }
    }
}
