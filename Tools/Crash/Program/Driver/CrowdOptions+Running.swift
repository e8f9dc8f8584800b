import CrashAudit
import QueueDispatch

extension CrowdOptions {
    /// Runs, and prints what it has come to; returns the exit code.
    func run(program: String) async -> Int32 {
        guard let directory = System.makeDirectory(), let threads = try? BlockingThreads(limit: 2) else {
            System.complain("no directory for the files can be made")
            return 2
        }
        let crowd = Crowd(workers: workers, seconds: seconds, seed: seed, program: program, directory: directory)
        // It waits for processes, which would hold up Swift's own threads; the watch of the limits needs one besides.
        let tally = await withTaskExecutorPreference(threads) { await crowd.run() }
        System.say(
            "\(tally.files) files, \(tally.endsSeen) ends seen, \(tally.leasesLost) attempts lost with their lease, "
                + "limits looked at \(tally.samples) times")
        Report.tell(tally.findings, seed: seed, directory)
        System.say(
            "processes: \(workers) workers, \(tally.stops) stops, \(tally.kills) kills, \(tally.acknowledged) acknowledged, "
                + "\(tally.count(.lost)) lost, \(tally.count(.doubled)) doubled, \(tally.count(.overLimit)) over limit, "
                + "\(tally.count(.busy)) busy")
        return tally.findings.isEmpty ? 0 : 1
    }
}
