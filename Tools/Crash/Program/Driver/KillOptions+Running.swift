import CrashAudit
import QueueDispatch

extension KillOptions {
    /// Runs the loops, and prints what they have come to; returns the exit code.
    func run(program: String) async -> Int32 {
        guard let directory = System.makeDirectory(), let threads = try? BlockingThreads(limit: lanes) else {
            System.complain("no directory for the files can be made")
            return 2
        }
        var tally = Tally()
        await withTaskGroup { group in
            for lane in 0..<lanes {
                var loop = KillLoop(
                    kills: kills / lanes + (lane < kills % lanes ? 1 : 0), seed: seed &+ UInt64(lane) &* 0x9E37_79B9,
                    program: program, directory: directory, mistake: mistake)
                loop.lane = lane
                // They wait for processes, which would hold up Swift's own threads.
                group.addTask(executorPreference: threads) { [loop] in await loop.run() }
            }
            for await part in group { tally.add(part) }
        }
        report(tally, directory)
        return tally.findings.isEmpty ? 0 : 1
    }

    private func report(_ tally: Tally, _ directory: String) {
        let points = tally.points.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        System.say("\(tally.files) files, \(tally.endsSeen) ends seen; at points: \(points)")
        Report.tell(tally.findings, seed: seed, directory)
        System.say(
            "crash: \(tally.kills) kills, \(tally.acknowledged) acknowledged, \(tally.count(.lost)) lost, "
                + "\(tally.count(.doubled)) doubled")
    }
}
