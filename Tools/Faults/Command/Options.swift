import FaultRuns
import FaultVFS
import QueueStorage
import ToolOptions

/// The command line.
struct Options {
    enum Command {
        case run(points: Points?, cuts: Cuts?)
        case kill(FaultPlan, directory: String)
        case check(directory: String)
    }

    static let usage = """
        usage: faults points [--script NAME] [--durability normal|full] [--kind NAME] [--call N] [--every N]
               faults cuts [--script NAME] [--durability normal|full] [--cut NAME] [--change N] [--every N]
                      [--seeds N] [--seed N]
               faults all [--every N] [--seeds N]
               faults kill --call N --moment before|midway|after [--operation NAME] [--file ROLE] DIRECTORY
               faults check DIRECTORY
        scripts: \(Points.Play.all.map(\.name).joined(separator: ", "))
        kinds: \(FaultKind.all.map(\.name).joined(separator: ", "))
        kinds of queue: \(FaultKind.passing.map(\.name).joined(separator: ", "))
        cuts: \(PowerCut.allCases.map(\.rawValue).joined(separator: ", "))
        """

    var command: Command

    /// Reads the arguments after the program's name.
    init(_ arguments: some Sequence<String>) throws(UsageError) {
        var options = OptionReader(arguments)
        var points = Points()
        var cuts = Cuts()
        switch options.next() {
        case "kill": command = try Self.kill(&options)
        case "check":
            guard options.next() != nil else { throw UsageError("which directory?") }
            command = .check(directory: try options.argument())
            if let word = options.next() { throw UsageError("\(word) is too much") }
        case "points":
            try Self.read(&options) { points.take($0, $1) }
            command = .run(points: points, cuts: nil)
        case "cuts":
            try Self.read(&options) { cuts.take($0, $1) }
            command = .run(points: nil, cuts: cuts)
        case "all":
            try Self.read(&options) { name, value in
                let isOfPoints = points.take(name, value)
                return cuts.take(name, value) || isOfPoints
            }
            command = .run(points: points, cuts: cuts)
        default: throw UsageError("which command?")
        }
    }

    /// Reads options that each have a value; `take` returns whether it knows the option and the value.
    private static func read(
        _ options: inout OptionReader, _ take: (String, String) -> Bool
    ) throws(UsageError) {
        while let name = options.next() {
            let value = try options.value()
            guard take(name, value) else { throw UsageError("there is no option \(name) \(value)") }
        }
    }

    private static func kill(_ options: inout OptionReader) throws(UsageError) -> Command {
        var plan = FaultPlan(call: 0, does: .kill(.before))
        var directories: [String] = []
        while let word = options.next() {
            switch word {
            case "--call": plan.call = try options.number(in: 1...Int.max)
            case "--moment": plan.effect = .kill(try options.value(FileVerdict.Moment.init))
            case "--operation": plan.operations.insert(try options.value(FileOperation.init(rawValue:)))
            case "--file": plan.roles.insert(try options.value(FileRole.init))
            default: directories.append(try options.argument())
            }
        }
        guard plan.call > 0 else { throw UsageError("kill needs --call") }
        return .kill(plan, directory: try OptionReader.only(directories, "directory"))
    }
}

extension SQLiteStoreOptions.Durability {
    init?(name: String) {
        switch name {
        case "normal": self = .normal
        case "full": self = .full
        default: return nil
        }
    }

    var name: String { self == .full ? "full" : "normal" }
}
