import CrashAudit

/// The summary of a run.
enum Report {
    /// Prints the findings and how to inspect them; cleans up if there are none.
    static func tell(_ findings: [Finding], seed: UInt64, _ directory: String) {
        for finding in findings.prefix(20) { System.say("\(finding.kind): \(finding.text)") }
        if findings.isEmpty {
            System.removeDirectory(directory)
        } else {
            System.say("seed \(seed); the files and logs are in \(directory)")
        }
    }
}
