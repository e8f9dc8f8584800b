/// What a process and its file take at one instant, and how long submissions have taken since the sample before.
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
    /// Threads; 0 where the system does not tell.
    package var threads: Double
    /// Jobs that have not ended.
    package var active: Double
    /// What half of the submissions took at most, in milliseconds.
    package var median: Double
    /// What all but one in a hundred took at most, in milliseconds.
    package var p99: Double

    /// Makes a sample.
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
