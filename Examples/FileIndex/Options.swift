import CommandOptions
import Foundation

/// The options of the command line.
struct Options {
    var directory = ""
    var database = "file-index.db"
    var report = "file-index.json"
    var concurrency = 8
    var checksumCommand: [String] = []
    var isFresh = false

    static let usage = """
        usage: file-index DIRECTORY [--database FILE] [--report FILE] [--concurrency N]
                          [--checksum-command CMD] [--fresh]

          --database FILE         where the queue is kept (default: file-index.db)
          --report FILE           where the report is written (default: file-index.json)
          --concurrency N         how many jobs run at once, 1…1024 (default: 8)
          --checksum-command CMD  a program that prints a file's checksum first, such as sha256sum;
                                  its words are separated by blanks, the file comes last
          --fresh                 forget what the database holds, and start anew
        """

    /// Reads the arguments after the program's name.
    init(_ arguments: [String]) throws(UsageError) {
        var directories: [String] = []
        var options = OptionReader(arguments)
        while let word = options.next() {
            switch word {
            case "--database": database = try options.value()
            case "--report": report = try options.value()
            case "--checksum-command":
                checksumCommand = try options.value().split(separator: " ").map(String.init)
                if checksumCommand.isEmpty { throw UsageError("--checksum-command names no program") }
            case "--concurrency": concurrency = try options.number(in: 1...1024)
            case "--fresh": isFresh = true
            default: directories.append(try options.argument())
            }
        }
        directory = Self.absolute(try OptionReader.only(directories, "directory"))
        database = Self.absolute(database)
        report = Self.absolute(report)
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw UsageError("\(directory) is no directory")
        }
    }

    /// The files that the program itself writes, which are not indexed.
    var ownFiles: Set<String> { databaseFiles.union([report]) }

    /// The database and its companion files.
    var databaseFiles: Set<String> {
        Set(["", "-wal", "-shm", "-wake", "-journal"].map { database + $0 })
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
