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

/// Threads for code that blocks, so that it does not hold one of Swift's cooperative threads, of which there are few.
///
/// It is a `TaskExecutor`: name it as ``JobExecutor/taskExecutor``, or call `withTaskExecutorPreference`. Threads are made on demand
/// and end after they had nothing to do for a while. What comes when as many as allowed are busy waits, the first come first. A change
/// from and to such a thread costs some 10 µs.
public final class BlockingThreads: TaskExecutor {
    /// The most threads at once.
    public let limit: Int
    private let idleLimit: Duration
    private let state = Mutex(ThreadPoolState<UnownedJob>())

    /// The address space that a thread's stack has, of which only what is used takes memory.
    ///
    /// As much as a main thread usually has: musl would give 128 KiB, Apple's systems 512.
    private static let stackBytes = 8 << 20

    /// Makes a pool that has no threads yet.
    ///
    /// - Parameters:
    ///   - limit: The most threads at once, at least 1.
    ///   - idleLimit: How long a thread stays that has nothing to do, at least zero; default 5 s.
    /// - Throws: ``QueueError/Code/invalidOption`` for what is out of range.
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

    /// How many threads there are now, busy and idle.
    public var threadCount: Int { state.withLock { $0.threadCount } }

    /// Runs a job of Swift's on one of the threads, as soon as one is free.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        switch state.withLock({ $0.take(job, limit: limit) }) {
        case .wait: break
        case .wake(let seat): seat.signal()
        case .startThread: startThread(with: job)
        }
    }

    /// What a thread does from its start to its end; it keeps the pool alive so long.
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

    /// What a new thread is handed.
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
        // The system has no thread to give. Late is better than never: Dispatch has some already, or gets one later.
        DispatchQueue.global().async { self.serve(job) }
    }

    /// Makes a thread that takes over what it is handed; `false` if there is none to be had.
    private static func makeThread(_ start: UnsafeMutableRawPointer) -> Bool {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        pthread_attr_setstacksize(&attributes, stackBytes)
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        return pthread_create(&thread, &attributes, threadMain, start) == 0
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
