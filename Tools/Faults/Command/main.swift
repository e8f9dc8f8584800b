// Lets SQLite's calls on a queue's file go wrong.
//
//     faults kill --call N --moment before|midway|after [--operation NAME] [--file ROLE] DIRECTORY
//     faults check DIRECTORY
//
// `kill` works on a queue in the directory and prints the id of each job that was stored, until it is killed at the N-th call. `check` prints
// the ids that are in the file, and what is wrong with it.

import FaultVFS
import QueueModel
import QueueStorage

let options = Options(CommandLine.arguments.dropFirst())
switch options?.command {
case nil:
    complain(
        """
        usage: faults kill --call N --moment before|midway|after [--operation NAME] [--file ROLE] DIRECTORY
               faults check DIRECTORY
        """)
    leave(2)
case .kill(let plan, let directory):
    try FaultVFS.attach(FaultInjector(plan), to: directory)
    try await submitAll(in: directory)
    leave(0)
case .check(let directory):
    leave(try await check(directory) ? 0 : 1)
}
