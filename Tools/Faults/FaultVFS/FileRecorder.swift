import CToolSQLite
import Synchronization

/// Something that was done to files, in the order in which it was.
package enum FileEvent: Sendable {
    /// A file was opened, and made if it was not there. If it is a journal or a log, the next sync through this opening
    /// syncs the directory too.
    case open(path: String, file: UInt, syncsDirectory: Bool)
    case write(path: String, offset: Int, bytes: [UInt8])
    case truncate(path: String, size: Int)
    case sync(path: String, file: UInt)
    case delete(path: String, syncsDirectory: Bool)
    /// What whoever uses files has said.
    case mark(Int)
}

/// Notes all that is done to files, so that it can be told afterwards what the disk may have had at any instant.
package final class FileRecorder: FileJudge {
    private let recorded = Mutex<[FileEvent]>([])

    /// Creates an empty recorder.
    package init() {}

    /// The records so far.
    package var events: [FileEvent] { recorded.withLock { $0 } }

    /// Puts a mark between what was done so far and what comes.
    package func mark(_ number: Int) {
        recorded.withLock { $0.append(.mark(number)) }
    }

    package func verdict(on call: FileCall) -> FileVerdict {
        if let event = FileEvent(call) { recorded.withLock { $0.append(event) } }
        return .pass
    }
}

extension FileEvent {
    /// The change that a call makes to files; `nil` for one that only reads.
    init?(_ call: FileCall) {
        switch call.operation {
        case .open:
            // SQLite's own file system syncs the directory with the first sync of what it makes beside a database.
            let isBeside = call.role == .log || call.role == .journal
            self = .open(path: call.path, file: call.file, syncsDirectory: isBeside)
        case .write: self = .write(path: call.path, offset: Int(call.offset), bytes: Array(call.bytes))
        case .truncate: self = .truncate(path: call.path, size: Int(call.offset))
        case .sync: self = .sync(path: call.path, file: call.file)
        case .delete: self = .delete(path: call.path, syncsDirectory: call.flags != 0)
        default: return nil
        }
    }
}
