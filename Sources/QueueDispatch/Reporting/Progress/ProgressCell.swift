import QueueModel
import QueueStoreKit
import Synchronization

/// The progress that a running attempt has reported: written by its code at the cost of one store to memory, read by
/// observers.
///
/// A report that only changes the amount is one relaxed store, without a lock or a clock, so a loop may report each
/// round. Rates are computed from what observers read: the more often they read, the finer.
struct ProgressCell: ~Copyable, Sendable {
    /// The unit of a report.
    enum Unit: UInt8 {
        case nothing, fraction, count, bytes
    }

    /// The time constant of ``SmoothedRate``.
    private static let timeConstant: Duration = .seconds(5)
    /// The total for fractions: large enough for all digits of any fraction above 2⁻¹⁰.
    static let whole: Int64 = 1 << 62
    /// Represents an unknown total.
    private static let unknown: Int64 = -1

    private let done = Atomic<Int64>(0)
    // Both are written under the lock, and read without it only to find that nothing changes.
    private let total = Atomic<Int64>(Self.unknown)
    private let unit = Atomic<UInt8>(Unit.nothing.rawValue)
    private let detail = Mutex(Detail())

    // Not private: another file that holds a cell would then refer to a symbol that it can't see (Swift 6.3).
    struct Detail {
        var message: String?
        var rate = SmoothedRate()
        /// Raised with each change of anything but the amount.
        var version = 0
        var published: (version: Int, done: Int64)?
        var publishedEstimate = 0.0
        /// Whether the attempt has ended, so that its end may be published any moment.
        var isEnded = false
    }

    /// Stores a report; reads the clock only if the unit changes.
    func report(_ done: Int64, of total: Int64?, _ unit: Unit, _ message: String?, at now: () -> Duration) {
        let done = max(done, 0)
        let total = total.map { max($0, 0) } ?? Self.unknown
        let isSame =
            self.unit.load(ordering: .relaxed) == unit.rawValue && self.total.load(ordering: .relaxed) == total
        if isSame, message == nil {
            self.done.store(done, ordering: .relaxed)
            return
        }
        detail.withLock { detail in
            if let message { detail.message = message }
            detail.version += 1
            if self.unit.load(ordering: .relaxed) != unit.rawValue {
                // Work done before the first report, for example by an earlier attempt, was not done at this one's
                // speed.
                detail.rate = SmoothedRate()
                detail.rate.add(done, at: now(), Self.timeConstant)
            }
            self.done.store(done, ordering: .relaxed)
            self.total.store(total, ordering: .relaxed)
            self.unit.store(unit.rawValue, ordering: .relaxed)
        }
    }

    /// Resets the cell for the next attempt.
    func reset() {
        detail.withLock { detail in
            detail = Detail()
            done.store(0, ordering: .relaxed)
            total.store(Self.unknown, ordering: .relaxed)
            unit.store(Unit.nothing.rawValue, ordering: .relaxed)
        }
    }

    /// Whether anything was reported.
    var isReported: Bool { unit.load(ordering: .relaxed) != Unit.nothing.rawValue }

    /// Returns the last report; `nil` if there is none.
    func latest(at now: Duration) -> JobProgress? {
        detail.withLock { progress(&$0, at: now) }
    }

    /// Publishes what is new since the last time: a report, or else an estimate that has grown by at least 1 %.
    ///
    /// Nothing is published after ``end(at:publishing:)``. That is why `body` is called under the lock: it may only
    /// pass the value on.
    func publish(at now: Duration, estimate: () -> JobProgress?, _ body: (JobProgress) -> Void) {
        detail.withLock { detail in
            if detail.isEnded { return }
            if isReported {
                publishReport(&detail, at: now, body)
            } else if let estimate = estimate(), let part = estimate.fraction, part >= detail.publishedEstimate + 0.01 {
                detail.publishedEstimate = part
                body(estimate)
            }
        }
    }

    /// Ends the attempt's progress, and publishes the last report if it was not published.
    func end(at now: () -> Duration, publishing body: ((JobProgress) -> Void)?) {
        detail.withLock { detail in
            detail.isEnded = true
            if let body, isReported { publishReport(&detail, at: now(), body) }
        }
    }

    private func publishReport(_ detail: inout Detail, at now: Duration, _ body: (JobProgress) -> Void) {
        let present = (version: detail.version, done: done.load(ordering: .relaxed))
        if let published = detail.published, published == present { return }
        guard let progress = progress(&detail, at: now) else { return }
        detail.published = present
        body(progress)
    }

    private func progress(_ detail: inout Detail, at now: Duration) -> JobProgress? {
        guard let unit = Unit(rawValue: unit.load(ordering: .relaxed)), unit != .nothing else { return nil }
        let done = done.load(ordering: .relaxed)
        let known = total.load(ordering: .relaxed)
        let total = known == Self.unknown ? nil : known
        detail.rate.add(done, at: now, Self.timeConstant)
        let perSecond = detail.rate.perSecond
        let scale = unit == .fraction ? Double(Self.whole) : 1
        return JobProgress(
            unit.amount(done, of: total), rate: perSecond.map { $0 / scale },
            timeLeft: total.flatMap { Self.timeLeft(for: $0 - done, at: perSecond) }, message: detail.message)
    }

    /// Returns the time that an amount takes at a rate; `nil` for a rate of zero, or so low that the answer would mean
    /// nothing.
    private static func timeLeft(for amount: Int64, at rate: Double?) -> Duration? {
        if amount <= 0 { return .zero }
        guard let rate, rate > 0 else { return nil }
        let seconds = Double(amount) / rate
        return seconds < 1e9 ? .seconds(seconds) : nil
    }
}

extension ProgressCell.Unit {
    fileprivate func amount(_ done: Int64, of total: Int64?) -> JobProgress.Done {
        switch self {
        case .nothing, .fraction: .fraction(Double(done) / Double(ProgressCell.whole))
        case .count: .count(done, of: total)
        case .bytes: .bytes(done, of: total)
        }
    }
}
