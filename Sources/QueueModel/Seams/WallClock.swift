/// Tells what time it is: the source of every ``Timestamp`` that a queue writes.
///
/// Beside it the standard library's `Clock` is used to wait. The two are apart because the time that is stored has to
/// mean the same after a restart, and the time that is waited for must not jump when somebody sets the clock.
///
/// A conforming type is called from any thread, often (several times a turn), and must not block.
public protocol WallClock: Sendable {
    /// The present instant. It may stand still or go back; the queue copes with both.
    func now() -> Timestamp
}
