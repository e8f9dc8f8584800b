/// What a job has to pass before it is claimed (rule D1): one ordered list, which the claim and the explanation share.
///
/// Each gate is a pure function of ``GateFacts``, in a file of its own. A store supplies the facts and asks
/// ``firstBlock(of:)``; whoever explains a job asks ``blocks(of:)`` with the very same facts.
public enum Gate: UInt8, Hashable, Sendable, CaseIterable {
    /// The queue is not held.
    case queuePause
    /// The job's domain is not held.
    case domainPause
    /// The job's group is not held.
    case groupPause
    /// The job's earliest start has come.
    case due
    /// The job has not outlived its time.
    case expiry
    /// The worker has a free slot.
    case workerSlot
    /// The job's domain has a free slot.
    case domainSlot
    /// The job's group has a free slot, and is below its cap.
    case groupSlot
    /// The job is the only one that is suspected of taking its worker down (rule L4).
    case isolation
    /// The pressure is below the limit for the job's priority.
    case pressure
    /// What runs leaves room for the bytes that the job will move.
    case ioRoom
    /// The job's type has a token.
    case typeRate
    /// The job's group has a token.
    ///
    /// Rates come last, so that no token is spent in vain.
    case groupRate
}

extension Gate {
    /// A gate that holds a job back, with its figures (rule D14).
    public struct Block: Hashable, Sendable {
        /// The gate.
        public var gate: Gate
        /// Why.
        public var reason: Gate.Block.Reason
        /// When the gate lets the job through, where that is known.
        public var until: Timestamp?

        /// Makes a hold.
        public init(_ gate: Gate, _ reason: Gate.Block.Reason, until: Timestamp? = nil) {
            self.gate = gate
            self.reason = reason
            self.until = until
        }
    }
}

extension Gate.Block {
    /// Why a gate holds a job back.
    public enum Reason: Hashable, Sendable {
        /// A stored ``Pause`` lies on the part that the gate looks at.
        case paused
        /// The job's earliest start is to come.
        case notDue
        /// The job was not started within its time to live, and ends as expired when it is claimed.
        case expired
        /// So many jobs run, and no more may.
        case slots(running: Int, limit: Int)
        /// So many jobs of the group run on this worker, which is the cap of its fair share.
        case share(running: Int, maximum: Int)
        /// Another suspect runs.
        case suspect
        /// Only jobs of this priority or a more urgent one may start.
        case pressure(leastPriority: Priority)
        /// The job would move more than what is left of the budget.
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
