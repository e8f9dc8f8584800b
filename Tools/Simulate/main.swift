// Runs random histories of whole queues, and prints a minimized script of each that fails.
//
//     simulate [--seeds N] [--from SEED] [--store memory|sqlite] [--log] [--digest]
//
// The last line counts: `simulate: 10000 seeds, 0 failed`. The exit code is 1 if any failed.

import QueueModel
import QueueStorage
import QueueTesting

let options: Options
do {
    options = try Options(CommandLine.arguments.dropFirst())
} catch {
    complain("simulate: \(error)\n\(Options.usage)")
    leave(2)
}
var failed = 0
var steps = 0
var time = Duration.zero
var digest = Digest()
for seed in options.seeds {
    let script = SimulationScript.random(seed: seed)
    let report = script.run(on: options.store)
    steps += report.steps
    time += report.duration
    if options.printsLog { report.log.forEach { print($0) } }
    if options.printsDigest { digest.add(report.log) }
    if report.violations.isEmpty { continue }
    failed += 1
    print("seed \(seed): \(report.violations.joined(separator: "\n  "))")
    if failed <= Options.shrunk, let failure = script.shrunk(on: options.store) { print(failure) }
    // A run of millions takes hours; its findings are wanted earlier.
    flush()
}
if options.printsDigest { print("digest of all logs: \(String(digest.value, radix: 16))") }
print("\(steps) steps, \(time.components.seconds) s on the clock")
print("simulate: \(options.seeds.count) seeds, \(failed) failed")
leave(failed == 0 ? 0 : 1)
