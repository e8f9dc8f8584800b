public import QueueModel

extension JobContext {
    // MARK: Reporting

    /// Reports how far the attempt is, 0…1; what is outside of the range counts as its nearer end, and what is no number is left out.
    ///
    /// Reports can be looked at with ``JobQueue/progress(of:)``, and are told to subscribers at most once a
    /// ``QueueConfiguration/progressInterval``, the last one always. A report costs a few nanoseconds, whoever looks, so a loop may
    /// report each of its rounds; one with a message costs a lock.
    ///
    /// - Parameters:
    ///   - fraction: The part of the whole that is done.
    ///   - message: What to show with it; `nil`: as before.
    public func report(progress fraction: Double, message: String? = nil) {
        if fraction.isNaN { return }
        let done = Int64(min(max(fraction, 0), 1) * Double(ProgressCell.whole))
        execution.progress.report(done, of: ProgressCell.whole, .fraction, message, at: core.ticker.now)
    }

    /// Reports how many things are done so far, of how many where that is known; see ``report(progress:message:)``.
    ///
    /// Subscribers are told a smoothed rate with it, and, where the total is known, the time left.
    public func report(count: Int, of total: Int? = nil, message: String? = nil) {
        execution.progress.report(
            Int64(count), of: total.map { Int64($0) }, .count, message, at: core.ticker.now)
    }

    /// Reports how many bytes are done so far, of how many where that is known; see ``report(count:of:message:)``.
    ///
    /// It says how far the job is, and is not kept; what is kept with the job is what ``report(io:)`` adds up.
    public func report(bytes: Int64, of total: Int64? = nil, message: String? = nil) {
        execution.progress.report(bytes, of: total, .bytes, message, at: core.ticker.now)
    }

    /// Adds to the bytes that the attempt has moved, which are kept with the job.
    ///
    /// What is below zero counts as nothing. Costs a few nanoseconds for each axis that is not zero.
    public func report(io amount: IOAmount) {
        execution.io.add(amount)
    }
}
