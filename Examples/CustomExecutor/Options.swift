import Foundation
import Millrace

/// What the command line asks for.
struct Options {
    var jobs = 4
    var retries = 0
    var delay = Duration.seconds(1)
    var timeout: Duration?
    var output = "run-lines.out"
    var database = "run-lines.db"
    var resumes = false

    static let usage = """
        usage: run-lines [--jobs N] [--retries N] [--delay SECONDS] [--timeout SECONDS]
                         [--output DIR] [--database FILE] <LINES
               run-lines --resume [--jobs N] [--output DIR] [--database FILE]

          --jobs N           how many lines run at once, 1…1024 (default: 4)
          --retries N        how often a line that fails is tried again (default: 0)
          --delay SECONDS    how long to wait before that (default: 1)
          --timeout SECONDS  how long an attempt may take (default: for ever)
          --output DIR       where a line's output goes: NUMBER.out and NUMBER.err (default: run-lines.out)
          --database FILE    where the lines are kept until all have succeeded (default: run-lines.db)
          --resume           go on where an earlier run stopped; the standard input is not read

        Each line is a program and its arguments, no shell is asked. Blanks separate words; in '…' all
        stands for itself, in "…" all but \\" and \\\\; elsewhere a backslash takes the next character as it
        is. Lines that are empty or begin with # are passed over. A line may begin with its priority:
        @realtime, @high, @normal (default), @background, @idle, or @0 (first) to @255.

        The exit code is 0 if all lines succeeded, 1 if some failed, 2 for mistakes here or in the lines
        (nothing is run then), 130 if it was interrupted.
        """

    /// What is wrong with the command line.
    struct Mistake: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) {
            self.description = description
        }
    }

    /// Reads the arguments after the program's name.
    init(_ arguments: [String]) throws(Mistake) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--jobs": jobs = try Self.number(of: argument, in: 1...1024, &rest)
            case "--retries": retries = try Self.number(of: argument, in: 0...1_000_000, &rest)
            case "--delay": delay = .seconds(try Self.number(of: argument, in: 0...1_000_000, &rest))
            case "--timeout": timeout = .seconds(try Self.number(of: argument, in: 1...1_000_000_000, &rest))
            case "--output": output = try Self.value(of: argument, &rest)
            case "--database": database = try Self.value(of: argument, &rest)
            case "--resume": resumes = true
            default: throw Mistake("there is no option \(argument)")
            }
        }
    }

    private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(Mistake) -> String {
        guard let value = rest.popFirst(), !value.isEmpty else { throw Mistake("\(option) needs a value") }
        return value
    }

    private static func number(
        of option: String, in range: ClosedRange<Int>, _ rest: inout ArraySlice<String>
    ) throws(Mistake) -> Int {
        let text = try value(of: option, &rest)
        guard let number = Int(text), range.contains(number) else {
            throw Mistake("\(option) is \(text), it must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
