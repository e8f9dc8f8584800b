import QueueCompletion
import Synchronization

/// A channel that its own callbacks can reach.
final class Box: Sendable {
    private let storage = Mutex<CompletionChannel<Int, String>?>(nil)

    var channel: CompletionChannel<Int, String>? {
        get { storage.withLock { $0 } }
        set { storage.withLock { $0 = newValue } }
    }
}
