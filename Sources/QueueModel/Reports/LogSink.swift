/// A receiver of the few log lines that a queue writes for its operator.
///
/// Lines never contain payloads, outputs or tag values.
public protocol LogSink: Sendable {
    /// Logs a line. Called from any thread; it must not block for long.
    func log(_ level: LogLevel, _ message: @autoclosure () -> String)
}

/// The severity of a log line.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    /// Details for debugging the queue.
    case debug
    /// Normal operation.
    case info
    /// A problem; the queue continues.
    case warning
    /// A problem that needs a person's attention.
    case error

    /// Returns whether one level is less severe than another.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
