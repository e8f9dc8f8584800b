/// What the command line says.
struct FuzzOptions {
    /// What is to be done.
    enum Work {
        case rounds
        /// Rounds in this very process, whose numbers are written into a file.
        case child(marker: String)
        /// One case, from a file.
        case file(String)
    }

    var work = Work.rounds
    var rounds: UInt64 = 1000
    var seed: UInt64 = 1
    var fixture = "Tests/QueueStorageTests/Fixtures/schema-1.sqlite"

    /// Reads the arguments; `nil` if they say nothing that can be done.
    init?(_ arguments: some Sequence<String>) {
        var arguments = Array(arguments)[...]
        while let argument = arguments.popFirst() {
            guard let value = arguments.popFirst() else { return nil }
            switch argument {
            case "--rounds":
                guard let number = UInt64(value), number > 0 else { return nil }
                rounds = number
            case "--seed":
                guard let number = UInt64(value) else { return nil }
                seed = number
            case "--fixture": fixture = value
            case "--case": work = .file(value)
            case "--child": work = .child(marker: value)
            default: return nil
            }
        }
        if seed.addingReportingOverflow(rounds).overflow { return nil }
    }
}
