import FaultVFS

/// What the command line says.
struct Options {
    enum Command {
        case kill(FaultPlan, directory: String)
        case check(directory: String)
    }

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
        default: return nil
        }
        if !arguments.isEmpty { return nil }
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
