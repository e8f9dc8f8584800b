/// Tells what time it is: the source of every ``Timestamp`` that a queue writes.
///
/// Beside it the standard library's `Clock` is used to wait. The two are apart because the time that is stored has to
/// mean the same after a restart, and the time that is waited for must not jump when somebody sets the clock.
///
/// A conforming type is called from any thread, often (several times a turn), and must not block.
public protocol WallClock: Sendable {
    /// The present instant. It may stand still or go back; the queue copes with both.
    func now() -> Timestamp

    /// How long the host has been awake since some fixed instant of its present run: what leases are judged by.
    ///
    /// It never goes back, stands still while the host sleeps, and means the same in all processes that share a store.
    /// By default the time since 1970 by ``now()``, with which a host that slept longer than a lease counts as dead.
    func uptime() -> Duration
}

extension WallClock {
    /// The time since 1970.
    public func uptime() -> Duration { .milliseconds(now().milliseconds) }
}
