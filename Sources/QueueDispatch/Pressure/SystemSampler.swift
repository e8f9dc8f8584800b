public import QueueModel

/// Reads from the kernel how many bytes the disks and the network have moved.
///
/// It counts the interfaces and disks that ``MeasuredPressure`` counts. On Linux, where the kernel accounts for the
/// process's own cgroup (version 2, `io.stat`) when the sampler is created, only the disk traffic of that cgroup
/// counts, so that a budget reflects what these jobs get.
///
/// A sample reads two or three of the kernel's files, takes about 0.1 ms, and waits for no disk.
public struct SystemSampler: ResourceSampler {
    private let disk: @Sendable () -> IOAmount?
    private let network: @Sendable () -> IOAmount?

    /// Creates a sampler of this machine.
    public init() {
        self.init(.current)
    }

    init(_ machine: Machine) {
        network = machine.network
        // Chosen once: a difference between samples of two different counters would be meaningless.
        if let group = machine.group, group.disk() != nil {
            disk = { group.disk() }
        } else {
            disk = machine.disk
        }
    }

    /// Returns the number of all bytes so far.
    ///
    /// - Throws: ``QueueError/Code/io`` if the kernel's counters of disks or networks can't be read.
    public func sample() throws(QueueError) -> IOAmount {
        guard let disk = disk() else {
            throw QueueError(.io, "the kernel's counters of the disks can't be read", isTransient: true)
        }
        guard let network = network() else {
            throw QueueError(.io, "the kernel's counters of the network can't be read", isTransient: true)
        }
        return IOAmount(
            diskRead: disk.diskRead, diskWritten: disk.diskWritten,
            networkReceived: network.networkReceived, networkSent: network.networkSent)
    }
}

extension ResourceSampler where Self == SystemSampler {
    /// The counters of this machine's kernel.
    public static var system: SystemSampler { SystemSampler() }
}
