import Synchronization

/// What a wake-up does, for a watch that has to stand before what it wakes.
final class Wake: Sendable {
    private let body = Mutex<(@Sendable () -> Void)?>(nil)

    func start(_ body: @escaping @Sendable () -> Void) {
        self.body.withLock { $0 = body }
    }

    func call() {
        let body = body.withLock { $0 }
        body?()
    }
}
