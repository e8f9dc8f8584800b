// Lets SQLite's calls on a queue's file go wrong, one by one, cuts the power after each of them, and looks what becomes
// of the queue.
//
//     faults all|points|cuts [OPTION VALUE]…
//     faults kill --call N --moment before|midway|after [--operation NAME] [--file ROLE] DIRECTORY
//     faults check DIRECTORY
//
// `points` and `cuts` run everything that their options don't leave out, and print how to run a failure again. The last
// lines count: `faults: 4711 points, 0 failed`. The exit code is 1 if anything was wrong.
//
// `kill` works on a queue in the directory and prints the id of each job that was stored, until it is killed at the
// N-th call. `check` prints the ids that are in the file, and what is wrong with it.

import FaultVFS
import QueueModel
import QueueStorage

let options = Options(CommandLine.arguments.dropFirst())
switch options?.command {
case nil:
    complain(Options.usage)
    leave(2)
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
