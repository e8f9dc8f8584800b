import CrashAudit

/// What is said at the end of a run.
enum Report {
    /// Tells what was found and how to look at it, or cleans up if nothing was.
    static func tell(_ findings: [Finding], seed: UInt64, _ directory: String) {
        for finding in findings.prefix(20) { System.say("\(finding.kind): \(finding.text)") }
        if findings.isEmpty {
            System.removeDirectory(directory)
        } else {
            System.say("seed \(seed); the files and logs are in \(directory)")
        }
    }
}
