import CrashAudit

extension SoakOptions {
    /// Runs, and prints what it has come to; returns the exit code.
    func run() async -> Int32 {
        guard let directory = System.makeDirectory() else {
            System.complain("no directory for the file can be made")
            return 2
        }
        let path = "\(directory)/soak.db"
        do {
            let outcome = try await Soak(self, path: path).run()
            guard let flatness = Flatness(outcome.samples, judgesTail: hours >= 0.1) else {
                System.complain("too short to say anything: eight samples are needed, at most two a second")
                return 2
            }
            for fault in outcome.faults { System.say("wrong: \(fault)") }
            for trend in flatness.trends where !trend.isFlat {
                System.say("\(trend.name) grew from \(trend.before) to \(trend.after), beyond \(trend.limit)")
            }
            let isGood = outcome.faults.isEmpty && flatness.isFlat
            if isGood { Leftovers.remove(path) }
            if isGood { System.removeDirectory(directory) } else { System.say("the file is in \(directory)") }
            System.say(summary(outcome, flatness, isGood))
            return isGood ? 0 : 1
        } catch {
            System.complain("\(error); the file is in \(directory)")
            return 1
        }
    }

    private func summary(_ outcome: Soak.Outcome, _ flatness: Flatness, _ isGood: Bool) -> String {
        func change(_ name: String, _ text: (Double) -> String) -> String {
            flatness[name].map { "\(text($0.before))→\(text($0.after))" } ?? ""
        }
        return "soak: \(hundredths(hours)) h, \(outcome.jobs) jobs, memory \(change("memory", mebibytes)) MiB, "
            + "file \(change("file", mebibytes)) MiB, WAL \(change("log", mebibytes)) MiB, "
            + "descriptors \(change("descriptors") { "\(Int($0))" }), threads \(change("threads") { "\(Int($0))" }), "
            + "p99 \(change("p99", hundredths)) ms: \(isGood ? "flat" : "NOT FLAT")"
    }
}
