/// The settings that a worker gets from the process that starts it.
struct WorkerOptions: Sendable {
    /// What it does.
    enum Mode: String, Sendable {
        /// It submits and works until it is killed, or told to stop by SIGTERM.
        case load
        /// It submits nothing, and ends when no work is left.
        case drain
    }

    var path: String
    /// Its number among the workers of the file, from 1.
    var number: Int
    var mode = Mode.load
    /// Decides what it submits.
    var seed: UInt64 = 1
    /// The point at which it kills itself, and the number of the visit.
    var point: KillPoint?
    var visit = 1
    var leaseMilliseconds = 30_000
    /// The longest time that each producer waits between two submissions, in microseconds.
    var pause = 1000
    /// The duration of the longest jobs, one in a hundred, in milliseconds, if it is more than ``Load/usual``.
    var longest = Load.usual.upperBound
    var isFullyDurable = false
    /// In how many crashes a job may be alone under suspicion; by default all are survived, since every job is in many
    /// that are not its fault.
    var maximumCrashes = 1_000_000
    /// Whether it submits a job that takes its worker down.
    var isPoisoned = false
    var mistake: Mistake?

    init(path: String, number: Int) {
        self.path = path
        self.number = number
    }

    /// The directory of the file.
    var directory: String { path.split(separator: "/").dropLast().map { "/\($0)" }.joined() }

    /// The words of the command line.
    var arguments: [String] {
        var words = [
            "worker", path, String(number), mode.rawValue, String(seed), String(leaseMilliseconds), String(pause),
            String(longest), isFullyDurable ? "full" : "normal", String(maximumCrashes), isPoisoned ? "poison" : "-",
            mistake?.rawValue ?? "-",
        ]
        if let point { words += [point.rawValue, String(visit)] }
        return words
    }

    /// Reads the words after `worker`; `nil` if they are not as ``arguments`` has them.
    init?(_ words: ArraySlice<String>) {
        let words = Array(words)
        guard words.count == 11 || words.count == 13, let number = Int(words[1]), let mode = Mode(rawValue: words[2]),
            let seed = UInt64(words[3]), let lease = Int(words[4]), let pause = Int(words[5]),
            let longest = Int(words[6]), let crashes = Int(words[8])
        else { return nil }
        self.init(path: words[0], number: number)
        self.mode = mode
        self.seed = seed
        leaseMilliseconds = lease
        self.pause = pause
        self.longest = longest
        isFullyDurable = words[7] == "full"
        maximumCrashes = crashes
        isPoisoned = words[9] == "poison"
        mistake = Mistake(rawValue: words[10])
        if words.count == 13 {
            guard let point = KillPoint(rawValue: words[11]), let visit = Int(words[12]) else { return nil }
            self.point = point
            self.visit = visit
        }
    }
}
