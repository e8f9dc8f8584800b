package import QueueTesting

/// The unsynced changes that have reached the disk when the power fails.
package enum PowerCut: String, CaseIterable, Sendable {
    /// Nothing.
    case nothing
    /// All: what a killed process leaves.
    case everything
    /// The first few of each file.
    case prefix
    /// The first few of each file, and of the next write a part.
    case torn
    /// Any sectors of any writes, in no order; what was never written in between is zero.
    case scattered
    /// As ``scattered``, but a file that has grown has anything where it was not written to.
    case garbled

    /// The bytes that a disk writes as a whole.
    static let sector = 512
}

extension Disk {
    /// The files that a disk may have after its power has failed, by path.
    package func files(after cut: PowerCut, using generator: inout SplitMix64) -> [String: [UInt8]] {
        var entries = syncedEntries
        let kept: Int =
            switch cut {
            case .nothing: 0
            case .everything: pendingEntries.count
            default: Int.random(in: 0...pendingEntries.count, using: &generator)
            }
        for entry in pendingEntries.prefix(kept) { entry.apply(to: &entries) }
        var files: [String: [UInt8]] = [:]
        // In one order always, so that a seed means the same every time.
        for (path, index) in entries.sorted(by: { $0.key < $1.key }) {
            files[path] = contents[index].bytes(after: cut, using: &generator)
        }
        return files
    }
}

extension Disk.Contents {
    fileprivate func bytes(after cut: PowerCut, using generator: inout SplitMix64) -> [UInt8] {
        var bytes = synced
        switch cut {
        case .nothing: break
        case .everything:
            for change in pending { change.apply(to: &bytes) }
        case .prefix, .torn:
            let kept = Int.random(in: 0...pending.count, using: &generator)
            for change in pending.prefix(kept) { change.apply(to: &bytes) }
            if cut == .torn, kept < pending.count, case .write(let offset, let written) = pending[kept] {
                let part = Int.random(in: 0...written.count, using: &generator)
                Disk.put(written.prefix(part), at: offset, into: &bytes)
            }
        case .scattered, .garbled:
            scatter(over: &bytes, isGarbled: cut == .garbled, using: &generator)
        }
        return bytes
    }

    private func scatter(over bytes: inout [UInt8], isGarbled: Bool, using generator: inout SplitMix64) {
        let share = Int.random(in: 1...9, using: &generator)
        for change in pending {
            switch change {
            case .truncate:
                if Int.random(in: 0..<10, using: &generator) < share { change.apply(to: &bytes) }
            case .write(let offset, let written):
                var start = 0
                while start < written.count {
                    let end = min(
                        written.count, (offset + start) / PowerCut.sector * PowerCut.sector + PowerCut.sector - offset)
                    if Int.random(in: 0..<10, using: &generator) < share {
                        let size = bytes.count
                        Disk.put(written[start..<end], at: offset + start, into: &bytes)
                        if isGarbled, offset + start > size {
                            for index in size..<offset + start {
                                bytes[index] = UInt8.random(in: 0 ... .max, using: &generator)
                            }
                        }
                    }
                    start = end
                }
            }
        }
    }
}
