import Foundation

/// What the command line and the environment ask for: `--filter REGEX`, `FILTER=REGEX` as an argument, or the same as a variable.
struct Options {
    /// What the process is to do.
    enum Command {
        case run, list
        /// Work off the queue in a directory, as one of the processes of a row.
        case work(String)
        case compare(String, String)
        case table([String])
    }

    var command = Command.run
    /// Only rows whose name contains a match.
    var filter: String?
    /// A file that gets one JSON object a row.
    var json: String?
    /// Bind the process to so many processors; both sides of a comparison, or neither.
    var processors: Int?
    var pace = Pace.budget(.seconds(2))
    /// Where file stores are put, each in a directory of its own.
    ///
    /// Must be on the disk that is to be measured.
    var directory = FileManager.default.temporaryDirectory.path

    init(arguments: some Sequence<String>, environment: [String: String]) throws {
        for name in ["FILTER", "JSON", "QUICK", "LIST", "CPUS", "SECONDS", "DIR"] {
            if let value = environment[name], !value.isEmpty { try set(name, value) }
        }
        var words = Array(arguments)[...]
        if words.first == "compare" {
            guard words.count == 3 else { throw UsageError("compare needs two files of saved runs") }
            command = .compare(words[words.startIndex + 1], words[words.startIndex + 2])
            return
        }
        if words.first == "table" {
            guard words.count > 1 else { throw UsageError("table needs a file of a saved run, or several") }
            command = .table(Array(words.dropFirst()))
            return
        }
        if words.first == "work" {
            guard let directory = words.dropFirst().first else { throw UsageError("work needs a directory") }
            command = .work(directory)
            return
        }
        while let word = words.popFirst() {
            let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
            let name = String(parts[0].trimmingPrefix("--")).uppercased()
            if parts.count == 2 {
                try set(name, parts[1])
            } else if name == "QUICK" || name == "LIST" {
                try set(name, "1")
            } else if word.hasPrefix("--"), let value = words.popFirst() {
                try set(name, value)
            } else {
                throw UsageError("unexpected argument \(word)")
            }
        }
    }

    private mutating func set(_ name: String, _ value: String) throws {
        switch name {
        case "FILTER": filter = value
        case "JSON": json = value
        case "DIR": directory = value
        case "QUICK": if value != "0" { pace = .exactly(3) }
        case "LIST": if value != "0" { command = .list }
        case "CPUS":
            guard let count = Int(value), count > 0 else { throw UsageError("CPUS is a number of processors") }
            processors = count
        case "SECONDS":
            guard let seconds = Double(value), seconds > 0 else { throw UsageError("SECONDS is a time for each row") }
            pace = .budget(.seconds(seconds))
        default: throw UsageError("unknown option \(name)")
        }
    }

    /// The rows that the filter lets through; an error if there are none.
    func chosen(from rows: [Row]) throws -> [Row] {
        guard let filter else { return rows }
        let expression = try Regex(filter)
        let chosen = rows.filter { $0.name.contains(expression) }
        if chosen.isEmpty { throw UsageError("no row matches \(filter)") }
        return chosen
    }
}

/// The command was called in a way it doesn't understand.
struct UsageError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
