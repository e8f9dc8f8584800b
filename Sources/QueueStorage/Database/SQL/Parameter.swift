/// The names of the parameters that statements with more than four of them use.
///
/// In SQL, `\(.worker)` becomes `:worker`, and `row.bind(id, at: .worker)` binds a value to it. A name that is not
/// listed here does not compile.
enum Parameter: String, CaseIterable, Sendable {
    // Jobs
    case id, type, group, priority, ioSize, state, flags, now, worker, key, payloadVersion, payload, runAfter, expiresAt
    case openDependencies, dependencies
    // What few jobs have
    case label, tags, parent, retry, timeout, expectedIO, origin, schedule, due
    // Tags
    case value
    // Attempts
    case lastID, attempt, startedAt, endedAt, addedAttempts, addedRetries
    case failureKind, failure, io, retryDelay, waitsAnew, crashes, soloCrashes
    // Workers
    case store, host, boot, pid, processStart, uptime, lease
    // Pauses
    case scope, name, reason, until, stops
    // Schedules
    case next, occurrences, skipped, lastJob, lastDue, pausedAt, registeredAt, recurrence, timeToLive
    case onDuplicate, failFast

    /// The position among all names, from 0.
    ///
    /// A case without a payload is stored as its position in the declaration (see docs/ABI/TypeLayout.rst of the Swift
    /// project), so this costs nothing where a value is bound. A test compares it with `allCases`.
    var ordinal: Int { Int(unsafeBitCast(self, to: UInt8.self)) }

    /// The ordinals by name, for the names that SQLite reports.
    static let ordinals: [String: Int] = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0.rawValue, $0.ordinal) })
}
