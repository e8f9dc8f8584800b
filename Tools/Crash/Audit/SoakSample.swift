/// The size of a process and its file at one instant, and the duration of submissions since the last sample.
package struct SoakSample: Hashable, Sendable {
    /// Seconds since the start.
    package var seconds: Double
    /// Memory that the process has in the machine's, in bytes.
    package var memory: Double
    /// The size of the database, in bytes.
    package var file: Double
    /// The size of the log, in bytes.
    package var log: Double
    /// Open descriptors.
    package var descriptors: Double
    /// The number of threads; 0 where it is unknown.
    package var threads: Double
    /// Jobs that have not ended.
    package var active: Double
    /// The median of the submissions, in milliseconds.
    package var median: Double
    /// The 99th percentile, in milliseconds.
    package var p99: Double

    /// Creates a sample.
    package init(
        seconds: Double, memory: Double, file: Double, log: Double, descriptors: Double, threads: Double,
        active: Double, median: Double, p99: Double
    ) {
        self.seconds = seconds
        self.memory = memory
        self.file = file
        self.log = log
        self.descriptors = descriptors
        self.threads = threads
        self.active = active
        self.median = median
        self.p99 = p99
    }
}
