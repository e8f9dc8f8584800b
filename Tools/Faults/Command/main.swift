// Makes SQLite's calls on a queue's file fail, one by one, cuts the power after each of them, and checks the queue.
//
//     faults all|points|cuts [OPTION VALUE]…
//     faults kill --call N --moment before|midway|after [--operation NAME] [--file ROLE] DIRECTORY
//     faults check DIRECTORY
//
// `points` and `cuts` run all cases that their options select, and print how to repeat a failure. The last
// lines count: `faults: 4711 points, 0 failed`. The exit code is 1 if anything was wrong.
//
// `kill` works on a queue in the directory and prints the id of each job that was stored, until it is killed at the
// N-th call. `check` prints the ids that are in the file, and what is wrong with it.

import FaultVFS
import QueueModel
import QueueStorage

let options: Options
do {
    options = try Options(CommandLine.arguments.dropFirst())
} catch {
    complain("faults: \(error)\n\(Options.usage)")
    leave(2)
}
switch options.command {
case .run(let points, let cuts):
    var isSound = try await points?.run() ?? true
    if try await cuts?.run() == false { isSound = false }
    leave(isSound ? 0 : 1)
case .kill(let plan, let directory):
    try FaultVFS.attach(FaultInjector(plan), to: directory)
    try await submitAll(in: directory)
    leave(0)
case .check(let directory):
    leave(try await check(directory) ? 0 : 1)
}
