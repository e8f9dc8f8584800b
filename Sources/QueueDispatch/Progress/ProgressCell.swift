import QueueModel
import QueueStoreKit
import Synchronization

/// What a running attempt has told of its progress: written by its code for the price of a store to memory, read by who looks.
///
/// A report that only says more of the same is one relaxed store, without a lock and without a look at a clock; so a loop may report each
/// of its rounds. Rates are made of what lookers find: the more often they look, the finer.
struct ProgressCell: ~Copyable, Sendable {
    /// What is counted.
    enum Unit: UInt8 {
        case nothing, fraction, count, bytes
    }

    /// What rates forget after: the time constant of ``SmoothedRate``.
    private static let timeConstant: Duration = .seconds(5)
    /// The whole, where a fraction is reported: large enough for all digits of any fraction above 2⁻¹⁰.
    static let whole: Int64 = 1 << 62
    /// Stands for a total that is not known.
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
        var told: (version: Int, done: Int64)?
        var toldEstimate = 0.0
        /// Whether the attempt has ended, so that its end may be told any moment.
        var isEnded = false
    }

    /// Takes a report; the clock is looked at only when something else is counted than before.
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
                // What was done before the first report, by an earlier attempt say, was not done at this one's speed.
                detail.rate = SmoothedRate()
                detail.rate.add(done, at: now(), Self.timeConstant)
            }
            self.done.store(done, ordering: .relaxed)
            self.total.store(total, ordering: .relaxed)
            self.unit.store(unit.rawValue, ordering: .relaxed)
        }
    }

    /// Forgets everything, for the next attempt.
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

    /// What was reported last; `nil` if nothing was.
    func latest(at now: Duration) -> JobProgress? {
        detail.withLock { progress(&$0, at: now) }
    }

    /// Tells what is new since the last time: a report, or else an estimate that is a hundredth more.
    ///
    /// Nothing is told after ``end(at:telling:)``. That is why `body` is called under the lock: it may only hand on.
    func tell(at now: Duration, estimate: () -> JobProgress?, _ body: (JobProgress) -> Void) {
        detail.withLock { detail in
            if detail.isEnded { return }
            if isReported {
                tellReport(&detail, at: now, body)
            } else if let estimate = estimate(), let part = estimate.fraction, part >= detail.toldEstimate + 0.01 {
                detail.toldEstimate = part
                body(estimate)
            }
        }
    }

    /// Ends the attempt's progress, and tells the last report if it was not told and somebody is to be told.
    func end(at now: () -> Duration, telling body: ((JobProgress) -> Void)?) {
        detail.withLock { detail in
            detail.isEnded = true
            if let body, isReported { tellReport(&detail, at: now(), body) }
        }
    }

    private func tellReport(_ detail: inout Detail, at now: Duration, _ body: (JobProgress) -> Void) {
        let present = (version: detail.version, done: done.load(ordering: .relaxed))
        if let told = detail.told, told == present { return }
        guard let progress = progress(&detail, at: now) else { return }
        detail.told = present
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

    /// The time that an amount takes at a rate; `nil` if nothing moves, or so little that the answer would mean nothing.
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
