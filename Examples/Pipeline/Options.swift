import Foundation

/// What the command line asks for.
struct Options {
    var directory = ""
    var database = "pipeline.db"
    var report = "pipeline.json"
    var sections = "pipeline-index"
    var concurrency = 8
    var weights: [String: Int] = [:]
    var rate: Int?
    var bandwidth: Int64?
    var largeFrom: Int64 = 1 << 20
    var urgent: String?
    var isPolite = false
    var explains = false
    var verifies = false
    var isFresh = false

    static let usage = """
        usage: pipeline DIRECTORY [options]

        Counts the files, lines and words of a tree, checksums its large files, publishes a section for each
        directory, and writes a report. Killed at any moment, the same command goes on where it was.

          --database FILE     where the queue is kept (default: pipeline.db)
          --report FILE       where the report is written (default: pipeline.json)
          --sections DIR      where sections are published (default: pipeline-index)
          --concurrency N     how many jobs run at once, 1…1024 (default: 8)
          --weight NAME=N     the share of a top directory's files in the slots, 1…10000 (default: 1); repeatable
          --rate N            how many sections are published a second, 1…1000000 (default: 500)
          --bandwidth BYTES   how many bytes a second a job reads at most
          --large BYTES       from which size on a file is checksummed (default: 1048576)
          --polite            hold back while processors or memory are strained, and budget what is read
          --explain           say every second why jobs wait
          --verify            compare the report with a plain loop over the tree
          --urgent FILE       have FILE counted before all else by the pipeline that works on the database,
                              show the result, and do nothing else
          --fresh             forget what the database holds, and start anew
        """

    /// What is wrong with the command line.
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads the arguments after the program's name.
    init(_ arguments: [String]) throws(Mistake) {
        var directories: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--database": database = try Self.value(of: argument, &rest)
            case "--report": report = try Self.value(of: argument, &rest)
            case "--sections": sections = try Self.value(of: argument, &rest)
            case "--concurrency": concurrency = try Self.number(of: argument, in: 1...1024, &rest)
            case "--weight": try addWeight(try Self.value(of: argument, &rest))
            case "--rate": rate = try Self.number(of: argument, in: 1...1_000_000, &rest)
            case "--bandwidth": bandwidth = Int64(try Self.number(of: argument, in: 1...Int.max, &rest))
            case "--large": largeFrom = Int64(try Self.number(of: argument, in: 0...Int.max, &rest))
            case "--urgent": urgent = Self.absolute(try Self.value(of: argument, &rest))
            case "--polite": isPolite = true
            case "--explain": explains = true
            case "--verify": verifies = true
            case "--fresh": isFresh = true
            case _ where argument.hasPrefix("--"): throw Mistake(description: "there is no option \(argument)")
            default: directories.append(argument)
            }
        }
        guard let only = directories.first, directories.count == 1 else {
            throw Mistake(description: directories.isEmpty ? "which directory?" : "one directory, please")
        }
        directory = Self.absolute(only)
        database = Self.absolute(database)
        report = Self.absolute(report)
        sections = Self.absolute(sections)
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw Mistake(description: "\(directory) is no directory")
        }
    }

    /// The tree that the options mean.
    var tree: Tree {
        Tree(root: directory, ownFiles: databaseFiles.union([report, sections]), largeFrom: largeFrom)
    }

    /// The database, and what belongs to it.
    var databaseFiles: Set<String> {
        Set(["", "-wal", "-shm", "-wake", "-journal"].map { database + $0 })
    }

    private mutating func addWeight(_ text: String) throws(Mistake) {
        guard let sign = text.lastIndex(of: "="), let weight = Int(text[text.index(after: sign)...]),
            (1...10_000).contains(weight), sign > text.startIndex
        else { throw Mistake(description: "--weight is \(text), it must be NAME=N with N from 1 to 10000") }
        weights[String(text[..<sign])] = weight
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(Mistake) -> String {
        guard let value = rest.popFirst(), !value.isEmpty else { throw Mistake(description: "\(option) needs a value") }
        return value
    }

    private static func number(
        of option: String, in range: ClosedRange<Int>, _ rest: inout ArraySlice<String>
    ) throws(Mistake) -> Int {
        let text = try value(of: option, &rest)
        guard let number = Int(text), range.contains(number) else {
            throw Mistake(
                description: "\(option) is \(text), it must be a number from \(range.lowerBound) to \(range.upperBound)"
            )
        }
        return number
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
