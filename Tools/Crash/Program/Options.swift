/// What the command line says.
enum Command {
    case kills(KillOptions)
    case processes(CrowdOptions)
    case soak(SoakOptions)
    case worker(WorkerOptions)

    /// Reads the words after the program's name; `nil` if they say nothing that can be done.
    init?(_ words: ArraySlice<String>) {
        let rest = words.dropFirst()
        let command: Command? =
            switch words.first {
            case "kills": KillOptions(rest).map(Command.kills)
            case "processes": CrowdOptions(rest).map(Command.processes)
            case "soak": SoakOptions(rest).map(Command.soak)
            case "worker": WorkerOptions(rest).map(Command.worker)
            default: nil
            }
        guard let command else { return nil }
        self = command
    }

    static let usage = """
        usage: crash kills [--kills N] [--seed S] [--lanes N] [--mistake NAME]
               crash processes [--workers N] [--seconds N] [--seed S]
               crash soak [--hours H] [--seed S]
        """
}

/// The settings of kill loops.
struct KillOptions {
    let kills: Int
    let seed: UInt64
    /// How many loops run at once, each on files of its own.
    let lanes: Int
    let mistake: Mistake?

    init?(_ words: ArraySlice<String>) {
        guard let flags = Flags(words, known: ["--kills", "--seed", "--lanes", "--mistake"]),
            let kills = flags.number("--kills", usually: 200, in: 1...Int.max),
            let seed = flags.number("--seed", usually: 1, in: UInt64.min...UInt64.max),
            let lanes = flags.number("--lanes", usually: 2, in: 1...64)
        else { return nil }
        self.kills = kills
        self.seed = seed
        self.lanes = lanes
        mistake = flags["--mistake"].flatMap(Mistake.init(rawValue:))
        if flags["--mistake"] != nil, mistake == nil { return nil }
    }
}

/// The settings of many processes on one file.
struct CrowdOptions {
    let workers: Int
    let seconds: Int
    let seed: UInt64

    init?(_ words: ArraySlice<String>) {
        guard let flags = Flags(words, known: ["--workers", "--seconds", "--seed"]),
            let workers = flags.number("--workers", usually: 8, in: 1...64),
            let seconds = flags.number("--seconds", usually: 12, in: 1...1_000_000),
            let seed = flags.number("--seed", usually: 1, in: UInt64.min...UInt64.max)
        else { return nil }
        self.workers = workers
        self.seconds = seconds
        self.seed = seed
    }
}

/// The settings of a soak.
struct SoakOptions {
    /// How long it takes; parts of an hour will do.
    let hours: Double
    let seed: UInt64
    /// How long each kind of submission waits at most before the next, in microseconds: decides the rate.
    static let pause = 20_000

    var seconds: Double { hours * 3600 }

    init?(_ words: ArraySlice<String>) {
        guard let flags = Flags(words, known: ["--hours", "--seed"]),
            let hours = flags.number("--hours", usually: 0.006, in: 0.0001...10_000),
            let seed = flags.number("--seed", usually: 1, in: UInt64.min...UInt64.max)
        else { return nil }
        self.hours = hours
        self.seed = seed
    }
}
