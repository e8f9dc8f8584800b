/// Measures what the machine moves, so that a queue can budget its jobs' IO (rule D10).
public protocol ResourceSampler: Sendable {
    /// All bytes moved so far, on all disks and network interfaces together, as the kernel counts them.
    ///
    /// Counted from any start, the same for every sample. Counters may wrap or start anew: of two samples the later of which is lower
    /// on an axis, nothing is concluded for that axis. It is called from any thread, a few times a second at most, and must not block.
    ///
    /// Throws if they can't be read; what is already known then goes on to count.
    func sample() throws -> IOAmount
}
