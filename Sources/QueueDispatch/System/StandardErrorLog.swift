public import QueueModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Writes log lines to the process's standard error, each in one call so that lines of several threads don't mix.
public struct StandardErrorLog: LogSink {
    /// The level from which on lines are written.
    public let minimum: LogLevel

    /// Makes a log that leaves out what matters less than `minimum`; default `warning`.
    public init(minimum: LogLevel = .warning) {
        self.minimum = minimum
    }

    /// Writes the line if it matters enough.
    ///
    /// A line that can't be written is lost.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        guard level >= minimum else { return }
        var line = "millrace \(level): \(message())\n"
        line.withUTF8 { bytes in
            _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}
