import ToolOptions

/// The options of the command line.
struct FuzzOptions {
    /// The task of the process.
    enum Work {
        case rounds
        /// Rounds in this process, whose numbers are written to a file.
        case child(marker: String)
        /// One case, from a file.
        case file(String)
    }

    var work = Work.rounds
    var rounds: UInt64 = 1000
    var seed: UInt64 = 1
    var fixture = "Tests/QueueStorageTests/Fixtures/schema-1.sqlite"

    static let usage = "usage: fuzz [--rounds N] [--seed S] [--fixture FILE] [--case FILE]"

    /// Reads the arguments after the program's name.
    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = OptionReader(arguments)
        while let word = options.next() {
            switch word {
            case "--rounds": rounds = try options.number(in: 1...UInt64.max)
            case "--seed": seed = try options.number(in: 0...UInt64.max)
            case "--fixture": fixture = try options.value()
            case "--case": work = .file(try options.value())
            case "--child": work = .child(marker: try options.value())
            default: throw UsageError("there is no option \(word)")
            }
        }
        guard !seed.addingReportingOverflow(rounds).overflow else {
            throw UsageError("there are not so many seeds from \(seed) on")
        }
    }
}
