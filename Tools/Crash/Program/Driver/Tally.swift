import CrashAudit

/// The result of a run.
struct Tally: Sendable {
    var kills = 0
    var stops = 0
    var files = 0
    /// Attempts whose executors were told that their lease was lost, or whose ends came too late.
    var leasesLost = 0
    /// The number of times that the running jobs of a group were counted.
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

    /// The number of findings of a kind.
    func count(_ kind: Finding.Kind) -> Int { findings.count { $0.kind == kind } }
}
