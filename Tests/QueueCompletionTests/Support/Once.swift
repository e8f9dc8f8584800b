import QueueCompletion
import Synchronization

/// Carries a lead into a closure, which can't own one.
final class Once: Sendable {
    private let leadership: Mutex<Leadership<Int, String>?>

    init(_ leadership: consuming sending Leadership<Int, String>?) {
        self.leadership = Mutex(leadership)
    }

    func take() -> Leadership<Int, String>? {
        leadership.withLock { leadership in leadership.take() }
    }

    /// Lets go of the lead unused.
    func drop() {
        _ = take()
    }
}
