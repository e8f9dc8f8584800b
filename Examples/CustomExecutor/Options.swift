import CommandOptions
import Millrace

/// The options of the command line.
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

    /// Reads the arguments after the program's name.
    init(_ arguments: [String]) throws(UsageError) {
        var options = OptionReader(arguments)
        while let word = options.next() {
            switch word {
            case "--jobs": jobs = try options.number(in: 1...1024)
            case "--retries": retries = try options.number(in: 0...1_000_000)
            case "--delay": delay = .seconds(try options.number(in: 0...1_000_000))
            case "--timeout": timeout = .seconds(try options.number(in: 1...1_000_000_000))
            case "--output": output = try options.value()
            case "--database": database = try options.value()
            case "--resume": resumes = true
            default: throw UsageError("there is no option \(word)")
            }
        }
    }
}
