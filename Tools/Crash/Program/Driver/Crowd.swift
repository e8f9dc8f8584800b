import CrashAudit
import QueueBackoff
import QueueStorage

/// Several processes that submit to one file and work on it at once, while some of them are stopped for a while, beyond
/// their lease or not, and some are killed and started anew.
struct Crowd: Sendable {
    var workers: Int
    var seconds: Int
    var seed: UInt64
    var program: String
    var directory: String

    /// The time spent on one file; the logs of a round are judged together.
    private static let secondsPerFile = 20
    static let leaseMilliseconds = 1000
    /// The time a worker may take to end by itself, and the last one to finish all jobs, in nanoseconds.
    static let patience: Int64 = 60_000_000_000

    /// Runs for the given time, or until something was found.
    func run() async -> Tally {
        var tally = Tally()
        var generator = FastRandom(seed: seed)
        var left = seconds
        while left > 0, tally.findings.isEmpty {
            let path = "\(directory)/crowd-\(tally.files).db"
            do {
                tally.add(try await round(path, seconds: min(left, Self.secondsPerFile), &generator))
            } catch {
                tally.findings.append(Finding(.wrong, "\(path): \(error)"))
            }
            left -= Self.secondsPerFile
            if tally.findings.isEmpty { Leftovers.remove(path) }
        }
        return tally
    }

    private func round(_ path: String, seconds: Int, _ generator: inout FastRandom) async throws -> Tally {
        var round = CrowdRound(crowd: self, path: path)
        // A watch needs a file.
        try await SQLiteJobStore(at: .file(path)).close()
        let watch = LimitWatch(path: path)
        async let excesses = watch.run()
        do {
            try round.work(for: seconds, &generator)
            try round.drain()
        } catch {
            watch.stop()
            _ = try? await excesses
            throw error
        }
        watch.stop()
        let found = try await excesses
        try await round.judge()
        for text in found { round.ledger.find(.overLimit, text) }
        round.tally.samples = watch.samples
        return round.finished
    }
}
