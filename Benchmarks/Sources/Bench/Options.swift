import Foundation
import ToolOptions

/// What the command line and the environment ask for: `--filter REGEX`, `FILTER=REGEX` as an argument, or the same as a
/// variable.
struct Options {
    /// The task of the process.
    enum Command {
        case run, list
        /// Work off the queue in a directory, as one of the processes of a row.
        case work(String)
        case compare(String, String)
        case table([String])
        /// Write plots of saved runs to a directory.
        case plot([String], to: String)
        /// Bring a document's parts that are made of saved runs up to date.
        case document([String], to: String)
    }

    var command = Command.run
    /// Only rows whose name contains a match.
    var filter: String?
    /// A file that gets one JSON object a row.
    var json: String?
    /// Bind the process to so many processors; both sides of a comparison, or neither.
    var processors: Int?
    var pace = Pace.budget(.seconds(2))
    /// The folder of file stores, each in a directory of its own.
    ///
    /// Must be on the disk that is to be measured.
    var directory = FileManager.default.temporaryDirectory.path

    init(arguments: some Sequence<String>, environment: [String: String]) throws {
        for name in ["FILTER", "JSON", "QUICK", "LIST", "CPUS", "SECONDS", "DIR"] {
            if let value = environment[name], !value.isEmpty { try set(name, value) }
        }
        let words = Array(arguments)[...]
        if words.first == "compare" {
            guard words.count == 3, !words.contains("") else {
                throw UsageError("compare needs two files of saved runs")
            }
            command = .compare(words[words.startIndex + 1], words[words.startIndex + 2])
            return
        }
        if words.first == "table" {
            guard words.count > 1 else { throw UsageError("table needs a file of a saved run, or several") }
            command = .table(Array(words.dropFirst()))
            return
        }
        if words.first == "plot" {
            let (files, directory) = try Self.runs(words.dropFirst(), for: "plot", to: "a directory")
            command = .plot(files, to: directory)
            return
        }
        if words.first == "document" {
            let (files, path) = try Self.runs(words.dropFirst(), for: "document", to: "a document")
            command = .document(files, to: path)
            return
        }
        if words.first == "work" {
            guard let directory = words.dropFirst().first else { throw UsageError("work needs a directory") }
            command = .work(directory)
            return
        }
        var options = OptionReader(words)
        while let word = options.next() {
            if word.isEmpty { throw UsageError("unexpected empty argument") }
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let name = String(parts[0].trimmingPrefix("--")).uppercased()
            if parts.count == 2 {
                try set(name, parts[1])
            } else if name == "QUICK" || name == "LIST" {
                try set(name, "1")
            } else if word.hasPrefix("--") {
                try set(name, try options.value())
            } else {
                throw UsageError("unexpected argument \(word)")
            }
        }
    }

    /// One file of a saved run or two, and after `--to` what is written.
    private static func runs(
        _ words: ArraySlice<String>, for command: String, to what: String
    ) throws -> (files: [String], target: String) {
        let parts = words.split(separator: "--to", omittingEmptySubsequences: false)
        // An empty name is what a variable of `make` is that was not given.
        guard parts.count == 2, parts[1].count == 1, let target = parts[1].first, !target.isEmpty,
            parts[0].first?.isEmpty == false, case let files = parts[0].filter({ !$0.isEmpty }), files.count <= 2
        else {
            throw UsageError("\(command) needs one file of a saved run or two, and --to with \(what)")
        }
        return (files, target)
    }

    private mutating func set(_ name: String, _ value: String) throws {
        switch name {
        case "FILTER": filter = value
        case "JSON": json = value
        case "DIR": directory = value
        case "QUICK": if try Self.flag(name, value) { pace = .exactly(3) }
        case "LIST": if try Self.flag(name, value) { command = .list }
        case "CPUS":
            guard let count = Int(value), count > 0 else {
                throw UsageError("CPUS is a number of processors, and not \(value)")
            }
            processors = count
        case "SECONDS":
            guard let seconds = Double(value), seconds > 0, seconds <= 3600 else {
                throw UsageError("SECONDS is a time for each row, at most an hour, and not \(value)")
            }
            pace = .budget(.seconds(seconds))
        default: throw UsageError("unknown option \(name)")
        }
    }

    private static func flag(_ name: String, _ value: String) throws -> Bool {
        guard value == "0" || value == "1" else { throw UsageError("\(name) is 0 or 1, and not \(value)") }
        return value == "1"
    }

    /// The rows that the filter lets through; an error if there are none.
    func chosen(from rows: [Row]) throws -> [Row] {
        guard let filter else { return rows.filter { $0.onRequest == nil } }
        let expression: Regex<AnyRegexOutput>
        do {
            expression = try Regex(filter)
        } catch {
            throw UsageError("FILTER=\(filter) is no regular expression: \(error)")
        }
        let chosen = rows.filter { row in
            row.name.contains(expression) && row.onRequest.map(filter.contains) ?? true
        }
        if chosen.isEmpty { throw UsageError("no row matches \(filter)") }
        return chosen
    }
}
