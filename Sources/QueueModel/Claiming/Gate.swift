/// A condition that a job must meet to be claimed.
///
/// The gates are an ordered list, which claims and explanations share.
public enum Gate: UInt8, Hashable, Sendable, CaseIterable {
    /// The queue is not paused.
    case queuePause
    /// The job's domain is not paused.
    case domainPause
    /// The job's group is not paused.
    case groupPause
    /// The job's earliest start has come.
    case due
    /// The job has not expired.
    case expiry
    /// The worker has a free slot.
    case workerSlot
    /// The job's domain has a free slot.
    case domainSlot
    /// The job's group has a free slot and is below its cap.
    case groupSlot
    /// No other job that is suspected of crashing its workers is running, if this one is suspected.
    case isolation
    /// The pressure is below the limit for the job's priority.
    case pressure
    /// The running jobs leave room for the bytes that the job will move.
    case ioRoom
    /// The job's type has a token.
    case typeRate
    /// The job's group has a token.
    ///
    /// Rates come last, so that no token is taken for a job that another gate holds back.
    case groupRate
}

extension Gate {
    /// A gate that holds a job back, with its figures.
    public struct Block: Hashable, Sendable {
        /// The gate.
        public var gate: Gate
        /// The reason.
        public var reason: Gate.Block.Reason
        /// The instant at which the gate lets the job through, if it is known.
        public var until: Timestamp?

        /// Creates a block.
        public init(_ gate: Gate, _ reason: Gate.Block.Reason, until: Timestamp? = nil) {
            self.gate = gate
            self.reason = reason
            self.until = until
        }
    }
}

extension Gate.Block {
    /// The reason why a gate holds a job back.
    public enum Reason: Hashable, Sendable {
        /// A stored ``Pause`` covers the job.
        case paused
        /// The job's earliest start has not come.
        case notDue
        /// The job was not started within its time to live; the next claim that meets it ends it as expired.
        case expired
        /// The number of running jobs has reached the limit.
        case slots(running: Int, limit: Int)
        /// The number of the group's running jobs on this worker has reached the cap of its share.
        case share(running: Int, maximum: Int)
        /// Another job that is suspected of crashing its workers is running.
        case suspect
        /// Only jobs of this priority or a more urgent one may start.
        case pressure(leastPriority: Priority)
        /// The job would move more bytes than the budget leaves.
        case ioRoom(running: IOAmount, own: IOAmount, budget: IOAmount)
        /// No token is left.
        case rate(RateLimit)
    }
}

extension Gate.Block.Reason: CustomStringConvertible {
    /// The reason with its figures, as the end of a sentence.
    public var description: String {
        switch self {
        case .paused: "paused"
        case .notDue: "not due yet"
        case .expired: "expired"
        case .slots(let running, let limit): "\(running) of \(limit) running"
        case .share(let running, let maximum): "\(running) running, the cap of its share is \(maximum)"
        case .suspect: "another suspect runs"
        case .pressure(let least): "only priorities up to \(least) may start under the present pressure"
        case .ioRoom(let running, let own, let budget):
            "would move \(own.total) bytes, \(running.total) are being moved, the budget is \(budget.described)"
        case .rate(let limit): "no token left (\(limit))"
        }
    }
}

extension IOAmount {
    fileprivate var total: Int64 {
        [diskRead, diskWritten, networkReceived, networkSent].reduce(0) { sum, bytes in
            let (next, overflow) = sum.addingReportingOverflow(bytes)
            return overflow ? .max : next
        }
    }

    fileprivate var described: String {
        let axes = [("read", diskRead), ("write", diskWritten), ("receive", networkReceived), ("send", networkSent)]
        return axes.filter { $0.1 < .max }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
}
