import QueueModel
import Synchronization

@testable import QueueDispatch

/// The files of a made-up Linux, which a test can change.
final class FakeKernel: Sendable {
    private let files: Mutex<[String: String]>

    init(_ files: [String: String] = [:]) {
        self.files = Mutex(files)
    }

    subscript(path: String) -> String? {
        get { files.withLock { $0[path] } }
        set { files.withLock { $0[path] = newValue } }
    }

    var machine: Machine { .linux { self[$0] } }

    /// The process is in the group `a/b` of the whole tree.
    static func grouped() -> FakeKernel {
        FakeKernel([
            "/proc/self/cgroup": "0::/a/b\n",
            "/proc/self/mountinfo": "30 23 0:26 / /cg rw,nosuid - cgroup2 cgroup2 rw\n",
        ])
    }

    func setTimes(busy: Int, idle: Int) {
        self["/proc/stat"] = "cpu  \(busy) 0 0 \(idle) 0 0 0 0 0 0\ncpu0 1 2 3 4 5 6 7 8 9 10\n"
    }

    func setMemory(total: Int, available: Int) {
        self["/proc/meminfo"] = "MemTotal: \(total) kB\nMemFree: 1 kB\nMemAvailable: \(available) kB\n"
    }

    func setDisk(sectorsRead: Int, sectorsWritten: Int) {
        self["/proc/diskstats"] = "8 0 sda 1 0 \(sectorsRead) 1 1 0 \(sectorsWritten) 1 0 1 1\n"
    }

    func setNetwork(received: Int, sent: Int) {
        self["/proc/net/dev"] = """
            Inter-|   Receive                            |  Transmit
             face |bytes packets errs drop fifo frame compressed multicast|bytes packets errs drop fifo colls carrier compressed
                lo: 77777 1 0 0 0 0 0 0 77777 1 0 0 0 0 0 0
              eth0: \(received) 1 0 0 0 0 0 0 \(sent) 1 0 0 0 0 0 0

            """
    }
}
