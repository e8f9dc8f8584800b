// Tries hostile files, rows, strings and calls, and prints the cases that fail.
//
//     fuzz [--rounds N] [--seed S] [--fixture FILE] [--case FILE]
//
// Rounds run in child processes, so that a crash or a hang is one finding and does not stop the others. The last
// line counts: `fuzz: 100000 rounds, 0 crashes, 0 silent`; a hang counts as a crash. The exit code is 1 if anything was
// found.

import Foundation
import Fuzzing

let options: FuzzOptions
do {
    options = try FuzzOptions(CommandLine.arguments.dropFirst())
} catch {
    FileHandle.standardError.write(Data("fuzz: \(error)\n\(FuzzOptions.usage)\n".utf8))
    exit(2)
}
switch options.work {
case .rounds:
    let report = try FuzzParent(options).run()
    print("fuzz: \(options.rounds) rounds, \(report.crashes) crashes, \(report.silent) silent")
    exit(report.crashes + report.silent == 0 ? 0 : 1)
case .child(let marker):
    try await FuzzChild(options, marker: marker).run()
case .file(let path):
    guard let fuzzCase = FuzzCase(try String(contentsOfFile: path, encoding: .utf8)) else {
        print("\(path) holds no case")
        exit(2)
    }
    let directory = try FuzzDirectory()
    FuzzChild.limit()
    let outcome = await (try Fuzzer(fixture: options.fixture, in: directory.path)).attempt(fuzzCase)
    let findings = outcome.findings
    directory.remove()
    if let refusal = outcome.refusal { print("refused: \(refusal)") }
    for finding in findings { print(finding) }
    print("fuzz: 1 case, \(findings.count) findings")
    exit(findings.isEmpty ? 0 : 1)
}
