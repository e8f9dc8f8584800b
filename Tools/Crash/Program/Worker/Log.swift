import CrashAudit

/// Takes what a load and its executors do.
protocol LoadLog: Sendable {
    /// Notes what has happened.
    func write(_ entry: LogLine.Entry)
    /// Notes how long a submission has taken.
    func submitted(in nanoseconds: Int64)
}

/// The log of a worker: standard output, a line at a time, each in one call.
///
/// A pipe takes up to 4096 bytes as a whole, and what it has taken outlives the process that wrote it.
struct OutputLog: LoadLog {
    func write(_ entry: LogLine.Entry) {
        System.say(LogLine(at: System.now(), entry).text)
    }

    func submitted(in nanoseconds: Int64) {}
}
