/// Holds back a job that would move more than the running ones leave room for (rule D10).
///
/// One that would never fit runs when no other job moves anything.
enum IORoomGate {
    static func judge(_ facts: GateFacts) -> GateVerdict {
        guard let io = facts.io, io.othersRun else { return .admit }
        let fits =
            fits(io.running.diskRead, io.own.diskRead, io.budget.diskRead)
            && fits(io.running.diskWritten, io.own.diskWritten, io.budget.diskWritten)
            && fits(io.running.networkReceived, io.own.networkReceived, io.budget.networkReceived)
            && fits(io.running.networkSent, io.own.networkSent, io.budget.networkSent)
        return fits ? .admit : .block(.ioRoom(running: io.running, own: io.own, budget: io.budget), until: nil)
    }

    /// An axis on which the job moves nothing does not hold it.
    private static func fits(_ running: Int64, _ own: Int64, _ budget: Int64) -> Bool {
        if own == 0 || budget == .max { return true }
        let (sum, overflow) = running.addingReportingOverflow(own)
        return !overflow && sum <= budget
    }
}
