// Counts what the house rules limit; `make house`.
//
//     house [ROOT] [WORKER]
//
// ROOT is the repository's directory (default: the current one), WORKER the folder of what one worker is made of
// (default: Sources/QueueDispatch/Worker). The exit code is 1 if a limit is broken.

import Foundation
import HouseCounts

let words = CommandLine.arguments.dropFirst()
let root = URL(filePath: words.first ?? ".")
let worker = words.dropFirst().first ?? "Sources/QueueDispatch/Worker"
let tree = try SourceTree(root: root)
let architecture = try? String(contentsOf: root.appending(path: "ARCHITECTURE.md"), encoding: .utf8)
let report = HouseReport(tree, architecture: architecture, worker: worker)
for line in report.lines { print(line) }
if !report.faults.isEmpty {
    print("")
    for fault in report.faults { print(fault) }
}
print(report.faults.isEmpty ? "house: all limits are kept" : "house: \(report.faults.count) faults")
exit(report.faults.isEmpty ? 0 : 1)
