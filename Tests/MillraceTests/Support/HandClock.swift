import Millrace
import Synchronization

/// A wall clock that stands still until it is moved.
final class HandClock: WallClock {
    private let instant: Mutex<Timestamp>

    init(milliseconds: Int64 = 1_000_000) {
        instant = Mutex(Timestamp(milliseconds: milliseconds))
    }

    func now() -> Timestamp { instant.withLock { $0 } }

    func advance(by duration: Duration) {
        instant.withLock { $0 = $0.advanced(by: duration) }
    }
}
