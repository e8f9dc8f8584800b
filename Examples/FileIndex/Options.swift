import Foundation

/// What the command line asks for.
struct Options {
    var directory: String
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

    /// What is wrong with the command line.
    struct Mistake: Error, CustomStringConvertible {
        let description: String
    }

    /// Reads the arguments after the program's name.
    init(_ arguments: [String]) throws(Mistake) {
        var directories: [String] = []
        var rest = arguments[...]
        directory = ""
        while let argument = rest.popFirst() {
            switch argument {
            case "--database": database = try Self.value(of: argument, &rest)
            case "--report": report = try Self.value(of: argument, &rest)
            case "--checksum-command":
                checksumCommand = try Self.value(of: argument, &rest).split(separator: " ").map(String.init)
                if checksumCommand.isEmpty { throw Mistake(description: "--checksum-command names no program") }
            case "--concurrency":
                let text = try Self.value(of: argument, &rest)
                guard let number = Int(text), (1...1024).contains(number) else {
                    throw Mistake(description: "--concurrency is \(text), it must be a number from 1 to 1024")
                }
                concurrency = number
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
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: directory, isDirectory: &isDirectory), isDirectory.boolValue else {
            throw Mistake(description: "\(directory) is no directory")
        }
    }

    /// The files that the program itself writes, which are not indexed.
    var ownFiles: Set<String> { databaseFiles.union([report]) }

    /// The database, and what belongs to it.
    var databaseFiles: Set<String> {
        Set(["", "-wal", "-shm", "-wake", "-journal"].map { database + $0 })
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(Mistake) -> String {
        guard let value = rest.popFirst(), !value.isEmpty else { throw Mistake(description: "\(option) needs a value") }
        return value
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
