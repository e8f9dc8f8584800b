import CrashAudit

/// What a run has come to.
struct Tally: Sendable {
    var kills = 0
    var stops = 0
    var files = 0
    /// Attempts whose executors were told that their lease was lost, or whose ends came too late.
    var leasesLost = 0
    /// How often the running jobs of a group were counted.
    var samples = 0
    var acknowledged = 0
    var endsSeen = 0
    /// Kills at points, by point.
    var points: [String: Int] = [:]
    var findings: [Finding] = []

    /// Adds another's figures.
    mutating func add(_ other: Tally) {
        kills += other.kills
        stops += other.stops
        files += other.files
        leasesLost += other.leasesLost
        samples += other.samples
        acknowledged += other.acknowledged
        endsSeen += other.endsSeen
        points.merge(other.points, uniquingKeysWith: +)
        findings += other.findings
    }

    /// How many findings count as something.
    func count(_ kind: Finding.Kind) -> Int { findings.count { $0.kind == kind } }
}
