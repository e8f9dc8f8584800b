import Foundation
import Millrace
import QueueProcess

/// A line that is to be run.
struct RunLine: Job {
    static let type: JobType = "run-lines.line"
    /// The number of the line in the input, from 1.
    var number: Int
    var words: [String]
}

/// Runs a line's program, with its output in files that are named by the line's number.
struct LineRunner: ProcessExecutor {
    /// The directory of the output files.
    let output: String

    func program(for job: RunLine, in context: JobContext) throws -> ExternalProgram {
        guard let name = job.words.first else { throw JobError.permanent("the line has no words") }
        var program = ExternalProgram(name, Array(job.words.dropFirst()))
        // The commands are typed by the user, so they get the user's environment.
        program.environment = .inherited
        program.output = .file(try freshFile(job, "out"))
        program.errors = .file(try freshFile(job, "err"))
        return program
    }

    /// The path of an output file that does not exist yet.
    ///
    /// When run-lines was killed, the program of an earlier attempt may live on; what that still writes goes into the
    /// old file, which nobody sees.
    private func freshFile(_ job: RunLine, _ suffix: String) throws -> String {
        let path =
            "\(output)/\(String(repeating: "0", count: max(0, 6 - "\(job.number)".count)))\(job.number).\(suffix)"
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
        return path
    }
}
