/// How long all processors together have been busy and idle, in the kernel's ticks.
struct ProcessorTimes: Hashable, Sendable {
    var busy: Int64
    var idle: Int64

    init(busy: Int64, idle: Int64) {
        self.busy = busy
        self.idle = idle
    }

    /// Reads the first line of Linux's `/proc/stat`; `nil` if it is none.
    ///
    /// Its numbers are user, nice, system, idle, iowait, irq, softirq, steal, guest and guest_nice; the last two are
    /// part of the first two already (proc_stat(5)). Kernels before 2.6.11 have fewer, and at least the four.
    init?(stat text: String) {
        guard let line = text.utf8.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first else { return nil }
        let words = KernelText.words(Substring(line))
        guard words.count >= 5, words[0] == "cpu" else { return nil }
        busy = 0
        idle = 0
        for (place, word) in words.dropFirst().prefix(8).enumerated() {
            guard let ticks = KernelText.counter(word) else { return nil }
            switch place {
            case 3, 4: idle = idle.addingUpTo(ticks)
            default: busy = busy.addingUpTo(ticks)
            }
        }
    }

    /// The share of the time since an earlier reading that was busy, 0…1; `nil` if that can't be told: no time has
    /// passed, or the counters have started anew.
    func busyShare(since earlier: ProcessorTimes) -> Double? {
        guard busy >= earlier.busy else { return nil }
        let busy = Double(busy - earlier.busy)
        // The time of waiting for a disk is known to go back (proc_stat(5)).
        let idle = max(Double(idle) - Double(earlier.idle), 0)
        return busy + idle > 0 ? busy / (busy + idle) : nil
    }
}
