/// Compares the processor time that is used with the time that there is.
struct ProcessorProbe: PressureProbe {
    private let machine: Machine
    private var times: ProcessorTimes?
    private var busyShare = 0.0
    private var allowances: [String: AllowanceUse] = [:]

    init(_ machine: Machine) {
        self.machine = machine
    }

    mutating func measure(at now: Duration) -> Double? {
        let ofMachine = measureMachine()
        var highest = ofMachine
        for level in machine.group?.levels ?? [] {
            guard let usage = machine.group?.processorUsage(of: level) else {
                allowances[level] = nil
                continue
            }
            let share = allowances[level, default: AllowanceUse()].share(usage, at: now)
            highest = max(highest ?? 0, share)
        }
        return highest
    }

    private mutating func measureMachine() -> Double? {
        guard let now = machine.processorTimes() else { return nil }
        if let share = times.flatMap({ now.busyShare(since: $0) }) { busyShare = share }
        times = now
        return busyShare
    }
}

/// The share of a cgroup's processor limit that was used between the last two readings.
private struct AllowanceUse {
    private var last: (used: Duration, instant: Duration)?
    private var share = 0.0

    mutating func share(_ usage: ProcessorUsage, at now: Duration) -> Double {
        if let last, now > last.instant, usage.used >= last.used {
            share = (usage.used - last.used) / (now - last.instant) / usage.processors
        }
        last = (usage.used, now)
        return share
    }
}
