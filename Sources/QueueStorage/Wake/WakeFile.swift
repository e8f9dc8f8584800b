import Dispatch

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A file beside the database that is written to when other processes have something to look at (rule S9).
///
/// It is no part of the database, so that watching and closing it can't drop SQLite's locks. Nobody polls.
final class WakeFile: Sendable {
    private let file: Int32
    /// Set once; after that it is only cancelled, which Dispatch allows from any thread.
    private nonisolated(unsafe) let source: (any DispatchSourceProtocol)?

    /// Opens the file, which is made if it is not there, and calls `body` on the queue after others (or this store) wrote to it.
    ///
    /// `nil` if the file can't be made; then other processes hear of work at their next look.
    init?(path: String, queue: DispatchQueue, _ body: @escaping @Sendable () -> Void) {
        file = Platform.openOrCreate(path)
        if file < 0 { return nil }
        #if os(Linux) || os(Android)
        let watched = inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC))
        guard watched >= 0, inotify_add_watch(watched, path, UInt32(IN_MODIFY)) >= 0 else {
            if watched >= 0 { _ = closeFile(watched) }
            source = nil
            return
        }
        let reader = DispatchSource.makeReadSource(fileDescriptor: watched, queue: queue)
        reader.setEventHandler {
            var events = [UInt8](repeating: 0, count: 4096)
            while read(watched, &events, events.count) > 0 {}
            body()
        }
        // A descriptor that a source looks at is closed when the source says that it no longer does.
        reader.setCancelHandler { _ = closeFile(watched) }
        source = reader
        reader.activate()
        #elseif canImport(Darwin)
        let watched = open(path, O_EVTONLY | O_CLOEXEC)
        guard watched >= 0 else {
            source = nil
            return
        }
        let watcher = DispatchSource.makeFileSystemObjectSource(
            fileDescriptor: watched, eventMask: [.write, .extend], queue: queue)
        watcher.setEventHandler(handler: body)
        watcher.setCancelHandler { _ = closeFile(watched) }
        source = watcher
        watcher.activate()
        #else
        source = nil
        #endif
    }

    /// Wakes whoever watches the file.
    func touch() {
        var byte: UInt8 = 1
        _ = pwrite(file, &byte, 1, 0)
    }

    /// Ends the watch.
    func close() {
        source?.cancel()
    }

    deinit {
        source?.cancel()
        _ = closeFile(file)
    }
}

/// The system's `close`, which a method of the same name hides.
private func closeFile(_ file: Int32) -> Int32 {
    close(file)
}
