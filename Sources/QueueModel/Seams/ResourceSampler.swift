/// Measures what the machine moves, so that a queue can budget its jobs' IO (rule D10).
public protocol ResourceSampler: Sendable {
    /// The bytes moved since the machine started, as the kernel counts them, on all disks and network interfaces together.
    ///
    /// Counters may wrap or start anew; two samples of which the later is lower make no statement. Throws if they can't be read.
    func sample() throws -> IOAmount
}
