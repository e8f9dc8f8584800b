/// Takes the few lines that a queue has to say to whoever runs it.
///
/// Lines never contain payloads, outputs or tag values.
public protocol LogSink: Sendable {
    /// Takes a line. It may be called from any thread and must not block for long.
    func log(_ level: LogLevel, _ message: @autoclosure () -> String)
}

/// How much a log line matters.
public enum LogLevel: Int, Sendable, Comparable, CaseIterable {
    /// Of use to those who look for a fault in the queue.
    case debug
    /// The course of things.
    case info
    /// Something is wrong, and the queue goes on.
    case warning
    /// Something is wrong that a person has to look at.
    case error

    /// Whether one level matters less than another.
    public static func < (left: LogLevel, right: LogLevel) -> Bool {
        left.rawValue < right.rawValue
    }
}
