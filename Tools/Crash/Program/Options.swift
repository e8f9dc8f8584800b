import ToolOptions

/// A command line.
enum Command {
    case kills(KillOptions)
    case processes(CrowdOptions)
    case soak(SoakOptions)
    case worker(WorkerOptions)

    /// Reads the words after the program's name.
    init(_ words: ArraySlice<String>) throws(UsageError) {
        let rest = words.dropFirst()
        switch words.first {
        case "kills": self = .kills(try KillOptions(rest))
        case "processes": self = .processes(try CrowdOptions(rest))
        case "soak": self = .soak(try SoakOptions(rest))
        case "worker":
            guard let options = WorkerOptions(rest) else { throw UsageError("a worker is started by this program") }
            self = .worker(options)
        default: throw UsageError("which command?")
        }
    }

    static let usage = """
        usage: crash kills [--kills N] [--seed S] [--lanes N] [--mistake NAME]
               crash processes [--workers N] [--seconds N] [--seed S]
               crash soak [--hours H] [--seed S]
        """
}

/// The settings of kill loops.
struct KillOptions {
    private(set) var kills = 200
    private(set) var seed: UInt64 = 1
    /// The number of loops that run at once, each on files of its own.
    private(set) var lanes = 2
    private(set) var mistake: Mistake?

    init(_ words: ArraySlice<String>) throws(UsageError) {
        var options = OptionReader(words)
        while let word = options.next() {
            switch word {
            case "--kills": kills = try options.number(in: 1...Int.max)
            case "--seed": seed = try options.number(in: 0...UInt64.max)
            case "--lanes": lanes = try options.number(in: 1...64)
            case "--mistake": mistake = try options.value(Mistake.init(rawValue:))
            default: throw UsageError("there is no option \(word)")
            }
        }
    }
}

/// The settings of many processes on one file.
struct CrowdOptions {
    private(set) var workers = 8
    private(set) var seconds = 12
    private(set) var seed: UInt64 = 1

    init(_ words: ArraySlice<String>) throws(UsageError) {
        var options = OptionReader(words)
        while let word = options.next() {
            switch word {
            case "--workers": workers = try options.number(in: 1...64)
            case "--seconds": seconds = try options.number(in: 1...1_000_000)
            case "--seed": seed = try options.number(in: 0...UInt64.max)
            default: throw UsageError("there is no option \(word)")
            }
        }
    }
}

/// The settings of a soak.
struct SoakOptions {
    /// The duration; fractions of an hour are allowed.
    private(set) var hours = 0.006
    private(set) var seed: UInt64 = 1
    /// The longest time between two submissions of a kind, in microseconds; it decides the rate.
    static let pause = 20_000

    var seconds: Double { hours * 3600 }

    init(_ words: ArraySlice<String>) throws(UsageError) {
        var options = OptionReader(words)
        while let word = options.next() {
            switch word {
            case "--hours": hours = try options.number(in: 0.0001...10_000)
            case "--seed": seed = try options.number(in: 0...UInt64.max)
            default: throw UsageError("there is no option \(word)")
            }
        }
    }
}
