import CommandOptions
import Foundation

/// The options of the command line.
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

    /// Reads the arguments after the program's name.
    init(_ arguments: [String]) throws(UsageError) {
        var directories: [String] = []
        var options = OptionReader(arguments)
        while let word = options.next() {
            switch word {
            case "--database": database = try options.value()
            case "--report": report = try options.value()
            case "--sections": sections = try options.value()
            case "--concurrency": concurrency = try options.number(in: 1...1024)
            case "--weight": try addWeight(try options.value())
            case "--rate": rate = try options.number(in: 1...1_000_000)
            case "--bandwidth": bandwidth = try options.number(in: 1...Int64.max)
            case "--large": largeFrom = try options.number(in: 0...Int64.max)
            case "--urgent": urgent = Self.absolute(try options.value())
            case "--polite": isPolite = true
            case "--explain": explains = true
            case "--verify": verifies = true
            case "--fresh": isFresh = true
            default: directories.append(try options.argument())
            }
        }
        directory = Self.absolute(try OptionReader.only(directories, "directory"))
        database = Self.absolute(database)
        report = Self.absolute(report)
        sections = Self.absolute(sections)
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw UsageError("\(directory) is no directory")
        }
    }

    /// The tree that the options select.
    var tree: Tree {
        Tree(root: directory, ownFiles: databaseFiles.union([report, sections]), largeFrom: largeFrom)
    }

    /// The database and its companion files.
    var databaseFiles: Set<String> {
        Set(["", "-wal", "-shm", "-wake", "-journal"].map { database + $0 })
    }

    private mutating func addWeight(_ text: String) throws(UsageError) {
        guard let sign = text.lastIndex(of: "="), let weight = Int(text[text.index(after: sign)...]),
            (1...10_000).contains(weight), sign > text.startIndex
        else { throw UsageError("--weight is \(text), it must be NAME=N with N from 1 to 10000") }
        weights[String(text[..<sign])] = weight
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
