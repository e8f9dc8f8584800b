public import QueueModel

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A log that writes to the standard error of the process, each line in one call so that lines of several threads don't
/// mix.
public struct StandardErrorLog: LogSink {
    /// The lowest level that is written.
    public let minimum: LogLevel

    /// Creates a log that omits lines below a level; default `warning`.
    public init(minimum: LogLevel = .warning) {
        self.minimum = minimum
    }

    /// Writes the line if its level is high enough; a line that can't be written is lost.
    public func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
        guard level >= minimum else { return }
        var line = "millrace \(level): \(message())\n"
        line.withUTF8 { bytes in
            _ = write(STDERR_FILENO, bytes.baseAddress, bytes.count)
        }
    }
}
