import ExampleSupport
import Foundation
import Millrace

/// Publishes what was found in a directory and below, as a section of its own.
///
/// It depends on the directory's scan.
struct PublishSection: Job {
    static let type: JobType = "section"
    static let options = JobOptions(priority: .normal, tags: [Tag("kind", "section")])
    /// An example of a server's limit; `--rate` changes it.
    static let rateLimit: RateLimit? = .perSecond(500, burst: 50)
    var path: String
    var label: String? { boundedText("/\(path)") }
}

struct Publish: JobExecutor {
    /// The directory that is published to: a section is the `index.json` in the directory of the same path.
    let target: String

    func execute(_ job: PublishSection, in context: JobContext) async throws {
        let tally = try await ScanDirectory.result(of: job.path, in: context)
        let directory = job.path.isEmpty ? target : "\(target)/\(job.path)"
        try await onThread {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try tally.write(to: "\(directory)/index.json")
        }
    }
}

extension Encodable {
    /// Writes the value as JSON for people, as a whole or not at all.
    ///
    /// A job may be done more than once; who reads the file must never see half of it.
    func write(to path: String) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: path), options: .atomic)
    }
}
