// Kills processes that work on a queue's file, and looks what has become of the file.
//
//     crash kills [--kills N] [--seed S] [--lanes N] [--mistake NAME]
//     crash processes [--workers N] [--seconds N] [--seed S]
//     crash soak [--hours H] [--seed S]
//
// The last line counts: `crash: 200 kills, 51234 acknowledged, 0 lost, 0 doubled`. The exit code is 1 if anything was
// found; the files and logs are kept then. `crash worker …` is how the program starts itself.

let command = Command(CommandLine.arguments.dropFirst())
switch command {
case .kills(let options): System.leave(await options.run(program: CommandLine.arguments[0]))
case .processes(let options): System.leave(await options.run(program: CommandLine.arguments[0]))
case .soak(let options): System.leave(await options.run())
case .worker(let options): System.leave(await Worker(options).run())
case nil:
    System.complain(Command.usage)
    System.leave(2)
}
