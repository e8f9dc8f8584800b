/// An executor whose code blocks its thread: files on a slow disk, C libraries, long computations.
///
///     struct Shrink: BlockingExecutor {
///         func perform(_ job: Picture, in context: JobContext) throws -> Int {
///             let image = try Image(path: job.path)
///             try context.checkCancellation()
///             return try image.write(width: job.width)
///         }
///     }
///
/// Jobs run on threads that belong to the registration alone, never on Swift's cooperative pool, whose few threads would be missed
/// elsewhere. All of the executor's code does, ``JobExecutor/finalize(_:output:in:)`` and ``JobExecutor/cancelled(_:in:)`` too.
///
/// To be stopped, the code looks at ``JobContext/cancellation``, calls ``JobContext/checkCancellation()`` or looks at `Task.isCancelled`
/// from time to time. What does none of it can't be stopped.
public protocol BlockingExecutor<Payload>: JobExecutor {
    // Both are said again so that they can be inferred from the method below.
    /// The payload that it takes.
    associatedtype Payload
    /// What it returns: `Void`, or a `Codable` value that is stored with the job.
    associatedtype Output = Void

    /// The most threads, and so the most jobs of this registration that really run at once; at least 1, default 64.
    ///
    /// A job beyond waits for a thread while it counts as running, time limit and all, and even a cancelled one ends only
    /// when it has got one. To hold jobs back instead, limit their domain (``Domain/concurrency(_:)``) or their group.
    var threadLimit: Int { get }

    /// Does the job, on a thread that it may block for as long as it likes.
    ///
    /// What it throws counts as what ``JobExecutor/execute(_:in:)`` throws.
    func perform(_ job: Payload, in context: JobContext) throws -> Output
}

extension BlockingExecutor {
    /// 64.
    public var threadLimit: Int { 64 }

    /// Calls ``perform(_:in:)``, which has the thread by the registration; called by hand it runs where it is called.
    @concurrent public func execute(_ job: Payload, in context: JobContext) async throws -> Output {
        // It may have been asked to stop while it waited for the thread.
        try context.checkCancellation()
        return try perform(job, in: context)
    }
}
