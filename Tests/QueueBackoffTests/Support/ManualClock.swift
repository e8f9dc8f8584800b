import Synchronization

/// A clock on which time passes only by sleeping.
///
/// A sleep moves the clock to its end at once and is recorded. A clock that is `blocking` never wakes a sleeper: a
/// sleep ends by cancellation alone, and ``sleepBegan`` says when one has begun.
final class ManualClock: Clock {
    struct Instant: InstantProtocol {
        var offset: Duration = .zero

        func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        func duration(to other: Instant) -> Duration { other.offset - offset }
        static func < (lhs: Instant, rhs: Instant) -> Bool { lhs.offset < rhs.offset }
    }

    private struct State {
        var now = Instant()
        var sleeps: [Duration] = []
    }

    private let state = Mutex(State())
    private let blocking: Bool
    private let sleepBeganContinuation: AsyncStream<Void>.Continuation
    let sleepBegan: AsyncStream<Void>

    init(blocking: Bool = false) {
        self.blocking = blocking
        (sleepBegan, sleepBeganContinuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1))
    }

    var now: Instant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }

    /// The length of each sleep so far.
    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func advance(by duration: Duration) {
        state.withLock { $0.now = $0.now.advanced(by: duration) }
    }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.sleeps.append(state.now.duration(to: deadline))
            if !blocking { state.now = max(state.now, deadline) }
        }
        guard blocking else { return }
        sleepBeganContinuation.yield()
        // A stream that nobody feeds ends only when the task is cancelled.
        let (never, continuation) = AsyncStream.makeStream(of: Never.self, bufferingPolicy: .bufferingOldest(1))
        for await _ in never {}
        continuation.finish()
        try Task.checkCancellation()
    }
}
