/// What the command line says.
enum Command {
    case kills(KillOptions)
    case processes(CrowdOptions)
    case soak(SoakOptions)
    case worker(WorkerOptions)

    /// Reads the words after the program's name; `nil` if they say nothing that can be done.
    init?(_ words: ArraySlice<String>) {
        switch words.first {
        case "kills":
            guard let options = KillOptions(words.dropFirst()) else { return nil }
            self = .kills(options)
        case "processes":
            guard let options = CrowdOptions(words.dropFirst()) else { return nil }
            self = .processes(options)
        case "soak":
            guard let options = SoakOptions(words.dropFirst()) else { return nil }
            self = .soak(options)
        case "worker":
            guard let options = WorkerOptions(words.dropFirst()) else { return nil }
            self = .worker(options)
        default: return nil
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
    var kills = 200
    var seed: UInt64 = 1
    /// How many loops run at once, each on files of its own.
    var lanes = 2
    var mistake: Mistake?

    init?(_ words: ArraySlice<String>) {
        var words = words
        while let word = words.popFirst() {
            guard let value = words.popFirst() else { return nil }
            switch word {
            case "--kills":
                guard let number = Int(value), number > 0 else { return nil }
                kills = number
            case "--seed":
                guard let number = UInt64(value) else { return nil }
                seed = number
            case "--lanes":
                guard let number = Int(value), (1...64).contains(number) else { return nil }
                lanes = number
            case "--mistake":
                guard let name = Mistake(rawValue: value) else { return nil }
                mistake = name
            default: return nil
            }
        }
    }
}

/// The settings of many processes on one file.
struct CrowdOptions {
    var workers = 8
    var seconds = 15
    var seed: UInt64 = 1

    init?(_ words: ArraySlice<String>) {
        var words = words
        while let word = words.popFirst() {
            guard let value = words.popFirst() else { return nil }
            switch word {
            case "--workers":
                guard let number = Int(value), (1...64).contains(number) else { return nil }
                workers = number
            case "--seconds":
                guard let number = Int(value), number > 0 else { return nil }
                seconds = number
            case "--seed":
                guard let number = UInt64(value) else { return nil }
                seed = number
            default: return nil
            }
        }
    }
}

/// The settings of a soak.
struct SoakOptions {
    /// How long it takes; parts of an hour will do.
    var hours = 0.01
    var seed: UInt64 = 1
    /// How long each kind of submission waits at most before the next, in microseconds: decides the rate.
    let pause = 20_000

    var seconds: Double { hours * 3600 }

    init?(_ words: ArraySlice<String>) {
        var words = words
        while let word = words.popFirst() {
            guard let value = words.popFirst() else { return nil }
            switch word {
            case "--hours":
                guard let number = Double(value), number > 0, number < 10_000 else { return nil }
                hours = number
            case "--seed":
                guard let number = UInt64(value) else { return nil }
                seed = number
            default: return nil
            }
        }
    }
}
