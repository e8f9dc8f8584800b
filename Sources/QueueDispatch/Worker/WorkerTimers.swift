/// The instants at which a worker's loop has something to do, and the alarms that wake it for them.
///
/// A timer elapses once its instant has come: `elapse` returns `true` once and unsets it. The two that repeat are
/// set anew when they elapse. An alarm that rings too early costs a look; so only an alarm before all others has to
/// be set, and each is before the one that was set before it.
///
/// | Alarms | Event | Alarms | Result |
/// |---|---|---|---|
/// | none, or later than `next` | `setAlarm(next)` | `next` in addition | the loop starts a sleep |
/// | one at or before `next` | `setAlarm(next)` | the same | none |
/// | some at or before now | `ring(now)` | without those | none |
struct WorkerTimers: Hashable, Sendable {
    /// When the loop looks for work without a signal.
    var poll: Duration
    /// When jobs that have expired are looked for next.
    var expiry: Duration
    /// When the next job becomes due, as far as is known.
    var nextDue: Duration?
    /// When the first of the stored pauses ends by itself, as far as is known.
    var pauseEnd: Duration?
    /// When jobs that the machine's load holds back are looked at again.
    var loadCheck: Duration?
    /// When a failed claim is tried again.
    var claimRetry: Duration?
    /// When subscribers are sent the progress of running jobs; `nil` while nothing runs or nobody listens.
    var progress: Duration?
    /// When the alarms that are set ring: each before the one that was set before it, so that the next is the last.
    private var alarms: [Duration] = []

    init(poll: Duration, expiry: Duration) {
        self.poll = poll
        self.expiry = expiry
    }

    /// The first of all instants.
    var next: Duration {
        var next = min(poll, expiry)
        if let nextDue { next = min(next, nextDue) }
        if let pauseEnd { next = min(next, pauseEnd) }
        if let loadCheck { next = min(next, loadCheck) }
        if let claimRetry { next = min(next, claimRetry) }
        if let progress { next = min(next, progress) }
        return next
    }

    /// Unsets a timer that has come; returns whether it had.
    static func elapse(_ timer: inout Duration?, at now: Duration) -> Bool {
        guard let instant = timer, instant <= now else { return false }
        timer = nil
        return true
    }

    // MARK: Repeated work

    /// Returns whether it is time to end jobs that have expired.
    func isExpiryDue(at now: Duration) -> Bool { expiry <= now }

    /// Notes that expired jobs were ended; if there are more, the next pass goes on.
    mutating func expiryDone(isPartial: Bool, at now: Duration, every interval: Duration) {
        if !isPartial { expiry = now + interval }
    }

    /// Returns whether progress is reported now: once per interval, while somebody listens and jobs run.
    ///
    /// The first look begins the interval: what has just started has nothing to report.
    mutating func progressDue(at now: Duration, isWanted: Bool, isBusy: Bool, every interval: Duration) -> Bool {
        guard isWanted else {
            progress = nil
            return false
        }
        if let progress, progress > now { return false }
        let isFirst = progress == nil
        progress = isBusy ? now + interval : nil
        return !isFirst
    }

    // MARK: Alarms

    /// Forgets the alarms that have rung.
    mutating func ring(at now: Duration) {
        while let alarm = alarms.last, alarm <= now { alarms.removeLast() }
    }

    /// Whether no alarm rings at an instant, or before it.
    func needsAlarm(at instant: Duration) -> Bool {
        alarms.last.map { instant < $0 } ?? true
    }

    /// Notes an alarm, if none rings at the instant or before it; returns whether the caller has to set it.
    mutating func setAlarm(at instant: Duration) -> Bool {
        guard needsAlarm(at: instant) else { return false }
        alarms.append(instant)
        return true
    }
}
