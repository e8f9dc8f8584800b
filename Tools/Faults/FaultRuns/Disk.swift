package import FaultVFS

/// The synced contents of a disk, and the writes since the last sync.
///
/// A sync of a file makes sure of its contents, and only of those; that it is in its directory at all is another
/// matter, and sure when the directory was synced. Until then each change may be there or not, in any order, and a
/// write in part.
package struct Disk {
    /// A file's contents, whatever name it has.
    struct Contents {
        /// The certain contents.
        var synced: [UInt8] = []
        /// The changes since.
        var pending: [Change] = []
    }

    /// A change of a file's contents.
    enum Change {
        case write(offset: Int, bytes: [UInt8])
        case truncate(size: Int)

        func apply(to bytes: inout [UInt8]) {
            switch self {
            case .write(let offset, let written): Disk.put(written[...], at: offset, into: &bytes)
            case .truncate(let size):
                if size < bytes.count { bytes.removeLast(bytes.count - size) } else { Disk.grow(&bytes, to: size) }
            }
        }
    }

    /// A change of the directory.
    enum Entry {
        case make(path: String, contents: Int)
        case delete(path: String)

        func apply(to entries: inout [String: Int]) {
            switch self {
            case .make(let path, let contents): entries[path] = contents
            case .delete(let path): entries[path] = nil
            }
        }
    }

    private(set) var contents: [Contents] = []
    /// The directory as programs see it.
    private var entries: [String: Int] = [:]
    /// The directory as it surely is on the disk.
    private(set) var syncedEntries: [String: Int] = [:]
    /// The changes since, in order; file systems keep that order.
    private(set) var pendingEntries: [Entry] = []
    /// Openings whose next sync syncs the directory.
    private var syncingDirectory: Set<UInt> = []

    /// Creates an empty disk.
    package init() {}

    /// Replays changes of files.
    package mutating func apply(_ event: FileEvent) {
        switch event {
        case .open(let path, let file, let syncsDirectory):
            if syncsDirectory { syncingDirectory.insert(file) } else { syncingDirectory.remove(file) }
            if entries[path] == nil {
                contents.append(Contents())
                change(.make(path: path, contents: contents.count - 1))
            }
        case .write(let path, let offset, let bytes): change(path, .write(offset: offset, bytes: bytes))
        case .truncate(let path, let size): change(path, .truncate(size: size))
        case .sync(let path, let file):
            guard let index = entries[path] else { return }
            for change in contents[index].pending { change.apply(to: &contents[index].synced) }
            contents[index].pending = []
            if syncingDirectory.remove(file) != nil { syncDirectory() }
        case .delete(let path, let syncsDirectory):
            if entries[path] != nil { change(.delete(path: path)) }
            if syncsDirectory { syncDirectory() }
        case .mark: break
        }
    }

    private mutating func change(_ path: String, _ change: Change) {
        if let index = entries[path] { contents[index].pending.append(change) }
    }

    private mutating func change(_ entry: Entry) {
        entry.apply(to: &entries)
        pendingEntries.append(entry)
    }

    private mutating func syncDirectory() {
        syncedEntries = entries
        pendingEntries = []
    }

    // MARK: Bytes

    static func put(_ written: ArraySlice<UInt8>, at offset: Int, into bytes: inout [UInt8]) {
        grow(&bytes, to: offset + written.count)
        bytes.replaceSubrange(offset..<offset + written.count, with: written)
    }

    static func grow(_ bytes: inout [UInt8], to size: Int) {
        if size > bytes.count { bytes.append(contentsOf: repeatElement(0, count: size - bytes.count)) }
    }
}
