import Floors

/// A floor's store: the C handle, with errors thrown.
final class FloorStore {
    private let handle: OpaquePointer

    /// Opens a new store with the tables and indexes that `features` name.
    init(_ place: Place, features: [floor_features]) throws {
        let durability: floor_durability =
            switch place.store {
            case .memory: FLOOR_MEMORY
            case .fileNormal: FLOOR_FILE_NORMAL
            case .fileFull: FLOOR_FILE_FULL
            }
        var opened: OpaquePointer?
        let code = floor_open(place.path, durability, features.reduce(0) { $0 | $1.rawValue }, &opened)
        guard let opened else { throw FloorError(code: code, message: "out of memory") }
        handle = opened
        try check(code)
    }

    deinit {
        floor_close(handle)
    }

    /// Calls a function of the C side.
    func callAsFunction(_ body: (OpaquePointer) -> Int32) throws {
        try check(body(handle))
    }

    /// The rows that are in the store.
    func counts() throws -> StoredCounts {
        var counts = floor_counts()
        try check(floor_count(handle, &counts))
        return StoredCounts(counts)
    }

    /// The size of the database, in bytes.
    func bytes() throws -> Int {
        var bytes: Int64 = 0
        try check(floor_file_bytes(handle, &bytes))
        return Int(bytes)
    }

    private func check(_ code: Int32) throws {
        if code != 0 { throw FloorError(code: code, message: String(cString: floor_message(handle))) }
    }
}

/// A floor could not do its work; the code is SQLite's.
struct FloorError: Error, CustomStringConvertible {
    let code: Int32
    let message: String

    var description: String { "SQLite \(code): \(message)" }
}

/// The number of rows of each kind that a floor leaves behind.
struct StoredCounts: Equatable {
    var pending = 0, blocked = 0, running = 0, completed = 0, deadLettered = 0
    /// Attempts begun, over all jobs.
    var executions = 0
    var attempts = 0, dependencies = 0, tags = 0

    var jobs: Int { pending + blocked + running + completed + deadLettered }
}

extension StoredCounts {
    init(_ counts: floor_counts) {
        self.init(
            pending: Int(counts.pending), blocked: Int(counts.blocked), running: Int(counts.running),
            completed: Int(counts.completed), deadLettered: Int(counts.dead_lettered),
            executions: Int(counts.executions), attempts: Int(counts.attempt_rows),
            dependencies: Int(counts.dependency_rows), tags: Int(counts.tag_rows))
    }
}

extension Workload {
    /// The floor of a row: what its store has to do, in plain SQLite, checked by the rows that it leaves behind.
    static func floor(
        _ row: String, _ features: [floor_features] = [],
        filling fill: @escaping @Sendable (FloorStore) throws -> Void = { _ in },
        expecting expected: StoredCounts,
        run: @escaping @Sendable (FloorStore) throws -> Void
    ) -> Workload {
        Workload(name: "floor/\(row)") { place in
            let store = try FloorStore(place, features: features)
            try fill(store)
            return Iteration(
                run: { try run(store) },
                finish: {
                    try Mismatch.check("rows in the store", expected: expected, found: store.counts())
                    return place.store == .memory
                        ? [:] : ["file bytes a job": Double(try store.bytes()) / Double(expected.jobs)]
                })
        }
    }
}
