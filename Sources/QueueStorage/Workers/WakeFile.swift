import Dispatch
import Synchronization

#if canImport(Darwin)
    import Darwin
#elseif canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// A file beside the database that is written to when other processes have something to look at.
///
/// It is no part of the database, so that watching and closing it can't drop SQLite's locks. Nobody polls.
final class WakeFile: Sendable {
    private let path: String
    private let file: Int32
    private let queue = DispatchQueue(label: "millrace.wake")
    private let watch = Mutex(Watch())

    private struct Watch {
        var isStarted = false
        var isClosed = false
        /// A source is only cancelled after it was activated, which Dispatch allows from any thread.
        nonisolated(unsafe) var source: (any DispatchSourceProtocol)?
    }

    /// The path of the file beside a database.
    static func path(beside database: String) -> String { "\(database)-wake" }

    /// Opens the file, which is made if it is not there.
    ///
    /// `nil` if it can't be made; then other processes hear of work at their next look.
    init?(path: String) {
        self.path = path
        file = Platform.openOrCreate(path)
        if file < 0 { return nil }
    }

    /// Calls `body` after others, or this store, wrote to the file.
    ///
    /// Only the first call counts.
    ///
    /// Watches are few on a machine (Linux: 128 for a user), so a store that nobody observes has none; if there is none
    /// left, work of other processes is found at the observer's next look.
    func start(_ body: @escaping @Sendable () -> Void) {
        watch.withLock { watch in
            if watch.isStarted || watch.isClosed { return }
            watch.isStarted = true
            watch.source = Self.makeSource(path, queue, body)
            watch.source?.activate()
        }
    }

    private static func makeSource(
        _ path: String, _ queue: DispatchQueue, _ body: @escaping @Sendable () -> Void
    ) -> (any DispatchSourceProtocol)? {
        #if os(Linux) || os(Android)
            let watched = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
            if watched < 0 { return nil }
            guard inotify_add_watch(watched, path, UInt32(IN_MODIFY)) >= 0 else {
                _ = closeFile(watched)
                return nil
            }
            let source = DispatchSource.makeReadSource(fileDescriptor: watched, queue: queue)
            source.setEventHandler {
                var events = [UInt8](repeating: 0, count: 4096)
                while read(watched, &events, events.count) > 0 {}
                body()
            }
        #elseif canImport(Darwin)
            let watched = open(path, O_EVTONLY | O_CLOEXEC)
            if watched < 0 { return nil }
            let source = DispatchSource.makeFileSystemObjectSource(
                fileDescriptor: watched, eventMask: [.write, .extend], queue: queue)
            source.setEventHandler(handler: body)
        #else
            return nil
        #endif
        #if os(Linux) || os(Android) || canImport(Darwin)
            // A descriptor that a source looks at is closed when the source says that it no longer does.
            source.setCancelHandler { _ = closeFile(watched) }
            return source
        #endif
    }

    /// Wakes the processes that watch the file.
    func touch() {
        var byte: UInt8 = 1
        _ = pwrite(file, &byte, 1, 0)
    }

    /// Ends the watch.
    func close() {
        watch.withLock { watch in
            watch.isClosed = true
            watch.source?.cancel()
            watch.source = nil
        }
    }

    deinit {
        watch.withLock { $0.source?.cancel() }
        _ = closeFile(file)
    }
}

/// The system's `close`, which a method of the same name hides.
private func closeFile(_ file: Int32) -> Int32 {
    close(file)
}
