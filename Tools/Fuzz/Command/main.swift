// Tries files, rows, texts and calls that nobody means well with, and prints the cases that go wrong.
//
//     fuzz [--rounds N] [--seed S] [--fixture FILE] [--case FILE]
//
// Rounds are run in child processes, so that one that crashes or hangs is one finding and the others go on. The last
// line counts: `fuzz: 100000 rounds, 0 crashes, 0 silent`; a hang counts as a crash. The exit code is 1 if anything was
// found.

import Foundation
import Fuzzing

let options = FuzzOptions(CommandLine.arguments.dropFirst())
guard let options else {
    FileHandle.standardError.write(
        Data("usage: fuzz [--rounds N] [--seed S] [--fixture FILE] [--case FILE]\n".utf8))
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
