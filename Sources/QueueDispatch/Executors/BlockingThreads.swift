import Dispatch
public import QueueModel
import QueueStoreKit
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A pool of threads for code that blocks, so that it does not occupy one of Swift's few cooperative threads.
///
/// It is a `TaskExecutor`: return it as ``JobExecutor/taskExecutor``, or call `withTaskExecutorPreference`. Threads are
/// created on demand and end after they have been idle for a while. While all of them are busy, further work waits in
/// the order in which it came. A switch to or from such a thread costs about 10 µs.
public final class BlockingThreads: TaskExecutor {
    /// The maximum number of threads.
    public let limit: Int
    private let idleLimit: Duration
    private let state = Mutex(ThreadPoolState<UnownedJob>())

    /// The address space of a thread's stack, of which only the used part takes memory.
    ///
    /// As much as a main thread usually has: the default is 128 KiB with musl, 512 KiB on Apple's systems.
    private static let stackBytes = 8 << 20

    /// Creates a pool that has no threads yet.
    ///
    /// - Parameters:
    ///   - limit: The maximum number of threads, at least 1.
    ///   - idleLimit: How long an idle thread is kept, at least zero; default 5 s.
    /// - Throws: ``QueueError/Code/invalidOption`` for a value out of range.
    public convenience init(limit: Int, idleLimit: Duration = .seconds(5)) throws(QueueError) {
        try Self.check(limit: limit)
        guard idleLimit >= .zero else { throw QueueError(.invalidOption, "the idle limit of threads is negative") }
        self.init(checked: limit, idleLimit: idleLimit)
    }

    package init(checked limit: Int, idleLimit: Duration = .seconds(5)) {
        self.limit = limit
        self.idleLimit = idleLimit
    }

    static func check(limit: Int) throws(QueueError) {
        guard limit >= 1 else {
            throw QueueError(.invalidOption, "the limit of threads is \(limit), it must be at least 1")
        }
    }

    /// The present number of threads, busy and idle.
    public var threadCount: Int { state.withLock { $0.threadCount } }

    /// Runs a job of the Swift runtime on one of the threads, as soon as one is free.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        switch state.withLock({ $0.take(job, limit: limit) }) {
        case .wait: break
        case .wake(let seat): seat.signal()
        case .startThread: startThread(with: job)
        }
    }

    /// The body of a thread; it keeps the pool alive until it ends.
    private func serve(_ first: UnownedJob) {
        var next: UnownedJob? = first
        while let job = next {
            job.runSynchronously(on: asUnownedTaskExecutor())
            next = nextJob()
        }
    }

    private func nextJob() -> UnownedJob? {
        let seat = ThreadSeat<UnownedJob>()
        if let job = state.withLock({ $0.next(for: seat) }) { return job }
        if seat.wait(for: idleLimit) { return seat.takeWork() }
        // Work may have been given to the seat at the last instant.
        return state.withLock { $0.leave(seat) } ? nil : seat.takeWork()
    }

    // MARK: Threads

    /// The argument of a new thread.
    private final class Start: Sendable {
        let pool: BlockingThreads
        let job: UnownedJob

        init(_ pool: BlockingThreads, _ job: UnownedJob) {
            self.pool = pool
            self.job = job
        }
    }

    private func startThread(with job: UnownedJob) {
        let start = Unmanaged.passRetained(Start(self, job))
        if Self.makeThread(start.toOpaque()) { return }
        start.release()
        // The system can't create a thread. Dispatch has some already, or gets one later.
        DispatchQueue.global().async { self.serve(job) }
    }

    /// Creates a thread that takes ownership of its argument; returns `false` if the system can't create one.
    private static func makeThread(_ start: UnsafeMutableRawPointer) -> Bool {
        // Not `pthread_attr_t()`: which module that initializer belongs to depends on the order of imports.
        withUnsafeTemporaryAllocation(of: pthread_attr_t.self, capacity: 1) { attributes in
            guard let attributes = attributes.baseAddress, pthread_attr_init(attributes) == 0 else { return false }
            defer { pthread_attr_destroy(attributes) }
            pthread_attr_setdetachstate(attributes, Int32(PTHREAD_CREATE_DETACHED))
            pthread_attr_setstacksize(attributes, stackBytes)
            #if canImport(Darwin)
                var thread: pthread_t?
            #else
                var thread = pthread_t()
            #endif
            return pthread_create(&thread, attributes, threadMain, start) == 0
        }
    }

    fileprivate static func begin(_ start: UnsafeMutableRawPointer) {
        let start = Unmanaged<Start>.fromOpaque(start).takeRetainedValue()
        start.pool.serve(start.job)
    }
}

#if canImport(Darwin)
    private func threadMain(_ start: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        BlockingThreads.begin(start)
        return nil
    }
#else
    private func threadMain(_ start: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        if let start { BlockingThreads.begin(start) }
        return nil
    }
#endif
