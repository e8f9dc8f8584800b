import FaultVFS
import Millrace
import Synchronization

/// What was seen of a queue from outside, in order: what has to be in its file after whatever befalls it.
package final class Ledger: Sendable {
    /// Something that was seen.
    enum Entry: Hashable {
        /// The job with a label is about to be submitted.
        case submitting(String)
        /// The call that submitted it has returned.
        case submitted(String)
        /// An executor is about to return.
        case completing(String)
        /// The event of a job's completion has come.
        case completed(JobID)
    }

    private let seen = Mutex<[Entry]>([])
    private let recorder: FileRecorder?

    /// Makes an empty ledger, which puts marks among the changes of files: how many entries there were.
    init(_ recorder: FileRecorder? = nil) {
        self.recorder = recorder
    }

    /// The observations so far.
    var entries: [Entry] { seen.withLock { $0 } }

    func note(_ entry: Entry) {
        seen.withLock { entries in
            entries.append(entry)
            recorder?.mark(entries.count)
        }
    }
}
