// Kills processes that work on a queue's file, and checks the file afterwards.
//
//     crash kills [--kills N] [--seed S] [--lanes N] [--mistake NAME]
//     crash processes [--workers N] [--seconds N] [--seed S]
//     crash soak [--hours H] [--seed S]
//
// The last line counts: `crash: 200 kills, 51234 acknowledged, 0 lost, 0 doubled`. The exit code is 1 if anything was
// found; the files and logs are kept then. `crash worker …` is how the program starts itself.

let command: Command
do {
    command = try Command(CommandLine.arguments.dropFirst())
} catch {
    System.complain("crash: \(error)\n\(Command.usage)")
    System.leave(2)
}
switch command {
case .kills(let options): System.leave(await options.run(program: CommandLine.arguments[0]))
case .processes(let options): System.leave(await options.run(program: CommandLine.arguments[0]))
case .soak(let options): System.leave(await options.run())
case .worker(let options): System.leave(await Worker(options).run())
}
