public import QueueModel

/// Reads from the kernel what the disks and the network have moved (rule D10).
///
/// Of the network: what ``NetworkPressure`` counts. Of the disks: what ``DiskPressure`` counts, but on Linux what the process's own cgroup
/// (version 2) has moved, where the kernel accounts for that (`io.stat`) when the sampler is made: then a budget is made of what
/// these jobs get.
///
/// A sample reads two or three of the kernel's files, which takes about a tenth of a millisecond, and waits for no disk.
public struct SystemSampler: ResourceSampler {
    private let disk: @Sendable () -> IOAmount?
    private let network: @Sendable () -> IOAmount?

    /// Makes a sampler of this machine.
    public init() {
        self.init(.current)
    }

    init(_ machine: Machine) {
        network = machine.network
        // Chosen once: the difference of two samples from two counters would mean nothing.
        if let group = machine.group, group.disk() != nil {
            disk = { group.disk() }
        } else {
            disk = machine.disk
        }
    }

    /// All bytes so far.
    ///
    /// Throws ``QueueError/Code/io`` if the kernel has no counters of disks or of networks that could be read.
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
    /// What the kernel of this machine counts.
    public static var system: SystemSampler { SystemSampler() }
}
