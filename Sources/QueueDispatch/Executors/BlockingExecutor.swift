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
/// Jobs run on threads that belong to the registration alone, never on Swift's cooperative pool with its few threads.
/// That includes ``JobExecutor/finalize(_:output:in:)`` and ``JobExecutor/cancelled(_:in:)``.
///
/// To be stoppable, the code must check ``JobContext/cancellation``, ``JobContext/checkCancellation()`` or
/// `Task.isCancelled` from time to time.
public protocol BlockingExecutor<Payload>: JobExecutor {
    // Both are repeated so that they can be inferred from the method below.
    /// The payload type.
    associatedtype Payload
    /// The output type: `Void`, or a `Codable` type whose value is stored with the job.
    associatedtype Output = Void

    /// The maximum number of threads, and so of jobs of this registration that really run at once; at least 1, default
    /// 64.
    ///
    /// Further jobs wait for a thread. They count as running, their time limit passes, and even a canceled one ends
    /// only when it has got a thread. To keep jobs from being claimed instead, limit their domain
    /// (``Domain/concurrency(_:)``) or their group.
    var threadLimit: Int { get }

    /// Runs the job, on a thread that it may block.
    ///
    /// Errors count as those of ``JobExecutor/execute(_:in:)``.
    func perform(_ job: Payload, in context: JobContext) throws -> Output
}

extension BlockingExecutor {
    /// 64.
    public var threadLimit: Int { 64 }

    /// Calls ``perform(_:in:)``.
    ///
    /// The registration provides the thread. If you call it yourself, it runs on the calling thread.
    @concurrent public func execute(_ job: Payload, in context: JobContext) async throws -> Output {
        // It may have been asked to stop while it waited for the thread.
        try context.checkCancellation()
        return try perform(job, in: context)
    }
}
