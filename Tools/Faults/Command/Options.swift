import FaultRuns
import FaultVFS
import QueueStorage

/// What the command line says.
struct Options {
    enum Command {
        case run(points: Points?, cuts: Cuts?)
        case kill(FaultPlan, directory: String)
        case check(directory: String)
    }

    static let usage = """
        usage: faults points [--script NAME] [--durability normal|full] [--kind NAME] [--call N] [--every N]
               faults cuts [--script NAME] [--durability normal|full] [--cut NAME] [--change N] [--every N] [--seeds N] [--seed N]
               faults all [--every N] [--seeds N]
               faults kill --call N --moment before|midway|after [--operation NAME] [--file ROLE] DIRECTORY
               faults check DIRECTORY
        scripts: \(Points.Play.all.map(\.name).joined(separator: ", "))
        kinds: \(FaultKind.all.map(\.name).joined(separator: ", ")); of queue: \(FaultKind.passing.map(\.name).joined(separator: ", "))
        cuts: \(PowerCut.allCases.map(\.rawValue).joined(separator: ", "))
        """

    var command: Command

    /// Reads the arguments; `nil` if they say nothing that can be done.
    init?(_ arguments: some Sequence<String>) {
        var arguments = Array(arguments)[...]
        switch arguments.popFirst() {
        case "kill":
            guard let (plan, directory) = Self.plan(&arguments) else { return nil }
            command = .kill(plan, directory: directory)
        case "check":
            guard let directory = arguments.popFirst() else { return nil }
            command = .check(directory: directory)
        case "points":
            var points = Points()
            guard Self.read(&arguments, { points.take($0, $1) }) else { return nil }
            command = .run(points: points, cuts: nil)
        case "cuts":
            var cuts = Cuts()
            guard Self.read(&arguments, { cuts.take($0, $1) }) else { return nil }
            command = .run(points: nil, cuts: cuts)
        case "all":
            var points = Points()
            var cuts = Cuts()
            let isRead = Self.read(&arguments) { name, value in
                let isOfPoints = points.take(name, value)
                return cuts.take(name, value) || isOfPoints
            }
            guard isRead else { return nil }
            command = .run(points: points, cuts: cuts)
        default: return nil
        }
        if !arguments.isEmpty { return nil }
    }

    /// Reads pairs of a name and a value; `false` if one is not taken.
    private static func read(_ arguments: inout ArraySlice<String>, _ take: (String, String) -> Bool) -> Bool {
        while let name = arguments.popFirst() {
            guard let value = arguments.popFirst(), take(name, value) else { return false }
        }
        return true
    }

    private static func plan(_ arguments: inout ArraySlice<String>) -> (FaultPlan, String)? {
        var plan = FaultPlan(call: 0, does: .kill(.before))
        var directory: String?
        while let argument = arguments.popFirst() {
            switch argument {
            case "--call":
                guard let call = arguments.popFirst().flatMap(Int.init) else { return nil }
                plan.call = call
            case "--moment":
                guard let moment = arguments.popFirst().flatMap(FileVerdict.Moment.init) else { return nil }
                plan.effect = .kill(moment)
            case "--operation":
                guard let operation = arguments.popFirst().flatMap(FileOperation.init) else { return nil }
                plan.operations.insert(operation)
            case "--file":
                guard let role = arguments.popFirst().flatMap(FileRole.init) else { return nil }
                plan.roles.insert(role)
            default:
                if directory != nil { return nil }
                directory = argument
            }
        }
        guard let directory, plan.call > 0 else { return nil }
        return (plan, directory)
    }
}

extension StoreDurability {
    init?(name: String) {
        switch name {
        case "normal": self = .normal
        case "full": self = .full
        default: return nil
        }
    }

    var name: String { self == .full ? "full" : "normal" }
}
