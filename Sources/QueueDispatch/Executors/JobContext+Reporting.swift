public import QueueModel

extension JobContext {
    // MARK: Reporting

    /// Reports the attempt's progress, 0…1; values outside the range count as the nearer end, NaN is ignored.
    ///
    /// ``JobQueue/Inspector/progress(of:)`` returns the last report. Subscribers receive at most one report per
    /// ``QueueConfiguration/progressInterval``, and always the last one. A report costs a few nanoseconds, so a loop
    /// may report each round; one with a message costs a lock.
    ///
    /// - Parameters:
    ///   - fraction: The fraction that is done.
    ///   - message: A message to show with it; `nil`: the previous one.
    public func report(progress fraction: Double, message: String? = nil) {
        if fraction.isNaN { return }
        let done = Int64(min(max(fraction, 0), 1) * Double(ProgressCell.whole))
        execution.progress.report(done, of: ProgressCell.whole, .fraction, message, at: core.ticker.now)
    }

    /// Reports how many items are done so far, and the total if it is known; see ``report(progress:message:)``.
    ///
    /// Subscribers also receive a smoothed rate and, if the total is known, the time left.
    public func report(count: Int, of total: Int? = nil, message: String? = nil) {
        execution.progress.report(
            Int64(count), of: total.map { Int64($0) }, .count, message, at: core.ticker.now)
    }

    /// Reports how many bytes are done so far, and the total if it is known; see ``report(count:of:message:)``.
    ///
    /// The report is not stored with the job; the sum of ``report(io:)`` is.
    public func report(bytes: Int64, of total: Int64? = nil, message: String? = nil) {
        execution.progress.report(bytes, of: total, .bytes, message, at: core.ticker.now)
    }

    /// Adds to the bytes that the attempt has moved, which are stored with the job.
    ///
    /// Negative amounts count as zero. Costs a few nanoseconds per axis that is not zero.
    public func report(io amount: IOAmount) {
        execution.io.add(amount)
    }
}
