import CrashAudit
import QueueBackoff

/// Starts a worker on a file, kills it, compares what it has told with what the file has, and so on, on a new file now
/// and then.
struct KillLoop: Sendable {
    var kills: Int
    var seed: UInt64
    var program: String
    var directory: String
    var mistake: Mistake?
    /// Its number among those that run at once.
    var lane = 0

    static let limits = Ledger.Limits(
        groups: Load.groups, concurrency: Worker.concurrency, types: [NarrowJob.stored: Worker.narrow],
        crashes: 2 + soloCrashes)
    /// In how many crashes a job may be alone under suspicion, on files where one takes workers down.
    static let soloCrashes = 3

    /// Runs until all kills are done, or something was found.
    func run() async -> Tally {
        var tally = Tally()
        var generator = FastRandom(seed: seed)
        while tally.kills < kills, tally.findings.isEmpty {
            let path = "\(directory)/lane-\(lane)-file-\(tally.files).db"
            let count = min(Int.random(in: 4...16, using: &generator), kills - tally.kills)
            do {
                var life = FileLife(path: path, loop: self)
                // Each eighth file has a job on it that does the killing.
                if tally.files % 8 == 7 {
                    try await life.runPoisoned(&generator)
                } else {
                    try await life.run(kills: count, &generator)
                }
                tally.add(life.tally)
            } catch {
                tally.findings.append(Finding(.wrong, "\(path): \(error)"))
            }
            if tally.findings.isEmpty { Leftovers.remove(path) }
        }
        return tally
    }
}
