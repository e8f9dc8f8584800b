package import FaultVFS
import QueueModel

/// Something that is played again and again, each time with another fault.
package protocol FaultPlay {
    /// Plays it from the beginning.
    func run(_ plan: FaultPlan) async throws -> FaultReport
}

/// The outcome of a play with a fault.
package struct FaultReport: Sendable {
    /// The number of calls that the plan counts.
    package var calls = 0
    /// The calls that went wrong.
    package var fired: [String] = []
    /// Calls that threw, by the code of the error.
    package var errors: [String: Int] = [:]
    /// Steps that threw, have not happened for the store that goes on, and happen if the process ends at that instant.
    package var happensOnCrash = 0
    /// The faults.
    package var problems: [String] = []

    /// Checks an error, which must have a cause and a code that says what to do.
    mutating func note(_ error: QueueError, _ name: String, _ injector: FaultInjector) {
        errors["\(error.code)", default: 0] += 1
        if injector.fired.isEmpty { problems.append("\(name) throws though nothing went wrong: \(error)") }
        let isClear: Bool =
            switch error.code {
            case .io, .diskFull: error.isTransient
            // What can't be opened is no better a moment later.
            case .permission: !error.isTransient
            default: false
            }
        if !isClear { problems.append("\(name) throws what says too little: \(error)") }
    }
}
