import QueueModel
import Testing

@testable import QueueDispatch

/// A cell in a class: the macros of the tests take only what can be copied.
private final class Cell: Sendable {
    private let cell = ProgressCell()

    var isReported: Bool { cell.isReported }

    func report(
        _ done: Int64, of total: Int64?, _ unit: ProgressCell.Unit, _ message: String?, at now: () -> Duration
    ) {
        cell.report(done, of: total, unit, message, at: now)
    }

    func latest(at now: Duration) -> JobProgress? { cell.latest(at: now) }

    func publish(at now: Duration, estimate: () -> JobProgress?, _ body: (JobProgress) -> Void) {
        cell.publish(at: now, estimate: estimate, body)
    }

    func end(at now: () -> Duration, publishing body: ((JobProgress) -> Void)?) { cell.end(at: now, publishing: body) }

    func reset() { cell.reset() }
}

@Suite("Progress of an attempt") struct ProgressCellTests {
    private func published(_ cell: Cell, at seconds: Int, estimate: JobProgress? = nil) -> [JobProgress] {
        var published: [JobProgress] = []
        cell.publish(at: .seconds(seconds), estimate: { estimate }) { published.append($0) }
        return published
    }

    @Test("Q4 nothing is known before the first report")
    func nothing() {
        let cell = Cell()
        #expect(!cell.isReported)
        #expect(cell.latest(at: .zero) == nil)
        #expect(published(cell, at: 1).isEmpty)
    }

    @Test("Q4 a fraction is kept to its last digit", arguments: [0, 0.1, 1.0 / 3, 0.25, 0.999_999, 1])
    func fraction(_ part: Double) {
        let cell = Cell()
        cell.report(Int64(part * Double(ProgressCell.whole)), of: ProgressCell.whole, .fraction, nil, at: { .zero })
        #expect(cell.latest(at: .zero)?.done == .fraction(part))
    }

    @Test("Q4 bytes have a smoothed rate and a time left, counted from the first report")
    func rate() {
        let cell = Cell()
        // Where an earlier attempt had come to: not done at this one's speed.
        cell.report(500, of: 1000, .bytes, nil, at: { .seconds(10) })
        #expect(cell.latest(at: .seconds(10))?.rate == nil)
        cell.report(600, of: 1000, .bytes, nil, at: { .seconds(99) })
        let progress = cell.latest(at: .seconds(20))
        #expect(progress?.done == .bytes(600, of: 1000))
        #expect(progress?.rate?.rounded() == 10)
        #expect(progress?.timeLeft.map { ($0 / .seconds(1)).rounded() } == 40)
    }

    @Test("Q4 the rate of an attempt that stands still sinks, and its time left rises")
    func standing() throws {
        let cell = Cell()
        cell.report(0, of: 100, .count, nil, at: { .zero })
        cell.report(10, of: 100, .count, nil, at: { .zero })
        let moving = try #require(cell.latest(at: .seconds(1)))
        let standing = try #require(cell.latest(at: .seconds(11)))
        #expect(moving.rate?.rounded() == 10)
        #expect(try #require(standing.rate) < 3)
        #expect(try #require(standing.timeLeft) > .seconds(30))
    }

    @Test("Q4 the time left is zero when all is done, and unknown without a total or without movement")
    func timeLeft() {
        let cell = Cell()
        cell.report(5, of: nil, .count, nil, at: { .zero })
        #expect(cell.latest(at: .seconds(1))?.timeLeft == nil)
        cell.report(5, of: 10, .count, nil, at: { .zero })
        #expect(cell.latest(at: .seconds(1))?.timeLeft == nil)
        cell.report(12, of: 10, .count, nil, at: { .zero })
        let progress = cell.latest(at: .seconds(2))
        #expect(progress?.timeLeft == .zero)
        #expect(progress?.fraction == 1)
    }

    @Test("Q4 what is below zero counts as zero")
    func negative() {
        let cell = Cell()
        cell.report(-5, of: -10, .count, nil, at: { .zero })
        #expect(cell.latest(at: .zero)?.done == .count(0, of: 0))
    }

    @Test("Q4 only what is new is told, a message included, and a report without one keeps it")
    func news() {
        let cell = Cell()
        cell.report(1, of: 10, .count, "a", at: { .zero })
        #expect(published(cell, at: 1).map(\.message) == ["a"])
        #expect(published(cell, at: 2).isEmpty)
        cell.report(2, of: 10, .count, nil, at: { .zero })
        #expect(published(cell, at: 3).map(\.message) == ["a"])
        cell.report(2, of: 10, .count, "b", at: { .zero })
        #expect(published(cell, at: 4).map(\.message) == ["b"])
    }

    @Test("Q4 estimates are told a hundredth apart, and not beside reports")
    func estimates() {
        let cell = Cell()
        func estimate(_ part: Double) -> [JobProgress] {
            published(cell, at: 1, estimate: JobProgress(.estimate(part)))
        }
        #expect(estimate(0.005).isEmpty)
        #expect(estimate(0.02).count == 1)
        #expect(estimate(0.025).isEmpty)
        #expect(estimate(0.04).count == 1)
        cell.report(1, of: 2, .count, nil, at: { .zero })
        #expect(estimate(0.9).map(\.isEstimate) == [false])
    }

    @Test("Q4 the last report is told at the end, and nothing after it")
    func end() {
        let cell = Cell()
        cell.report(1, of: 2, .count, nil, at: { .zero })
        var last: [JobProgress] = []
        cell.end(at: { .zero }) { last.append($0) }
        #expect(last.map(\.done) == [.count(1, of: 2)])
        cell.report(2, of: 2, .count, nil, at: { .zero })
        #expect(published(cell, at: 1).isEmpty)
    }

    @Test("Q4 the next attempt begins with nothing reported")
    func reset() {
        let cell = Cell()
        cell.report(1, of: 2, .count, "a", at: { .zero })
        cell.end(at: { .zero }, publishing: nil)
        cell.reset()
        #expect(!cell.isReported)
        cell.report(1, of: 2, .count, nil, at: { .zero })
        #expect(published(cell, at: 1).map(\.message) == [nil])
    }

    @Test("Q4 a total of nothing is done, and an unknown one has no fraction")
    func fractions() {
        #expect(JobProgress(.count(0, of: 0)).fraction == 1)
        #expect(JobProgress(.bytes(5, of: nil)).fraction == nil)
        #expect(JobProgress(.bytes(5, of: 20)).fraction == 0.25)
        #expect(JobProgress(.estimate(0.5)).isEstimate)
        #expect(!JobProgress(.fraction(0.5)).isEstimate)
    }
}

@Suite("History of durations") struct DurationHistoryTests {
    private func history(_ durations: Double...) -> DurationHistory {
        var history = DurationHistory()
        for duration in durations { history.add(duration) }
        return history
    }

    @Test("Q4 without a history there is no estimate")
    func empty() {
        #expect(history().estimate(after: 5) == nil)
    }

    @Test("Q4 an estimate is in proportion to the mean duration at first", arguments: [1.0, 5, 8])
    func proportion(seconds: Double) throws {
        let estimate = try #require(history(5, 15).estimate(after: seconds))
        #expect(abs(estimate.fraction - seconds / 10) < 1e-9)
        #expect(abs(estimate.secondsLeft - (10 - seconds)) < 1e-9)
    }

    @Test("Q4 an estimate grows and never reaches the whole, however long the job runs")
    func bounded() throws {
        let history = history(10)
        var last = 0.0
        for seconds in [0.001, 1, 7.9, 8.1, 9, 10, 12, 15, 20, 100, 1e9, 1e18] {
            let estimate = try #require(history.estimate(after: seconds))
            #expect(estimate.fraction >= last)
            #expect(estimate.fraction < 1)
            #expect(estimate.secondsLeft > 0)
            last = estimate.fraction
        }
    }

    @Test("Q4 jobs that take no time at all make no division by zero")
    func instant() throws {
        let estimate = try #require(history(0, 0).estimate(after: 3))
        #expect(estimate.fraction == 0.99)
    }

    @Test("Q4 a type that has become slower is known to be after some jobs")
    func forgetting() {
        var history = DurationHistory()
        for _ in 0..<1000 { history.add(1) }
        for _ in 0..<100 { history.add(10) }
        #expect(history.mean > 9)
    }
}
