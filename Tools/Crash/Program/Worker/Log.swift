import CrashAudit

/// The log of a worker: standard output, a line at a time, each in one call.
///
/// A pipe takes up to 4096 bytes as a whole, and what it has taken outlives the process that wrote it.
struct Log: Sendable {
    /// Writes what has happened.
    func write(_ entry: LogLine.Entry) {
        System.say(LogLine(at: System.now(), entry).text)
    }
}
