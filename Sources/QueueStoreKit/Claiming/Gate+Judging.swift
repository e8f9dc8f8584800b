public import QueueModel

/// A gate's answer for a job.
public enum GateVerdict: Hashable, Sendable {
    /// The gate lets the job through.
    case admit
    /// The gate holds the job back, until an instant if one is known.
    case block(GateBlockReason, until: Timestamp?)
}

// Each gate is a pure function of the facts. The claim and the explanation ask the same functions with the same facts, so they can't
// disagree.
extension Gate {
    /// All gates, in their order: `allCases` would create the list anew each time.
    private static let list = allCases

    /// Returns the first gate that holds a job with these facts back; `nil` if the job may start.
    public static func firstBlock(of facts: GateFacts) -> GateBlock? {
        for gate in list {
            if case .block(let reason, let until) = gate.judge(facts) { return GateBlock(gate, reason, until: until) }
        }
        return nil
    }

    /// Returns all gates that hold a job with these facts back, in their order.
    public static func blocks(of facts: GateFacts) -> [GateBlock] {
        list.compactMap { gate in
            guard case .block(let reason, let until) = gate.judge(facts) else { return nil }
            return GateBlock(gate, reason, until: until)
        }
    }

    /// Returns the gate's answer for a job with these facts.
    public func judge(_ facts: GateFacts) -> GateVerdict {
        switch self {
        case .queuePause: Self.judge(facts.queuePause)
        case .domainPause: Self.judge(facts.domainPause)
        case .groupPause: Self.judge(facts.groupPause)
        case .due: Self.judgeStart(facts)
        case .expiry: Self.judgeExpiry(facts)
        case .workerSlot: Self.judge(facts.worker)
        case .domainSlot: Self.judge(facts.domain)
        case .groupSlot: Self.judgeGroup(facts)
        // Only one job that may have crashed its workers runs at a time.
        case .isolation: facts.waitsForSuspect ? .block(.suspect, until: nil) : .admit
        case .pressure: Self.judgePressure(facts)
        case .ioRoom: Self.judgeRoom(facts.io)
        case .typeRate: Self.judge(facts.typeRate)
        case .groupRate: Self.judge(facts.groupRate)
        }
    }

    private static func judge(_ pause: GateFacts.PauseFact?) -> GateVerdict {
        pause.map { .block(.paused, until: $0.until) } ?? .admit
    }

    private static func judge(_ slots: GateFacts.SlotFact) -> GateVerdict {
        guard let limit = slots.limit, slots.running >= limit else { return .admit }
        return .block(.slots(running: slots.running, limit: limit), until: nil)
    }

    private static func judge(_ rate: GateFacts.RateFact?) -> GateVerdict {
        guard let rate, let next = rate.nextToken else { return .admit }
        return .block(.rate(rate.limit), until: next)
    }

    private static func judgeStart(_ facts: GateFacts) -> GateVerdict {
        guard let start = facts.runAfter, start > facts.now else { return .admit }
        return .block(.notDue, until: start)
    }

    /// A claim that meets an expired job ends it.
    private static func judgeExpiry(_ facts: GateFacts) -> GateVerdict {
        guard let expiry = facts.expiresAt, expiry <= facts.now else { return .admit }
        return .block(.expired, until: nil)
    }

    /// The group's own limit comes first, then the cap of its share on this worker.
    private static func judgeGroup(_ facts: GateFacts) -> GateVerdict {
        let verdict = judge(facts.group)
        guard verdict == .admit, let maximum = facts.share.limit, facts.share.running >= maximum else { return verdict }
        return .block(.share(running: facts.share.running, maximum: maximum), until: nil)
    }

    /// A job's own priority counts, not the one that waiting has brought it to.
    private static func judgePressure(_ facts: GateFacts) -> GateVerdict {
        if facts.priority <= facts.leastPriority { return .admit }
        return .block(.pressure(leastPriority: facts.leastPriority), until: nil)
    }

    /// A job that would never fit runs when no other job moves anything.
    private static func judgeRoom(_ io: GateFacts.IOFact?) -> GateVerdict {
        guard let io, io.othersRun else { return .admit }
        let fits =
            fits(io.running.diskRead, io.own.diskRead, io.budget.diskRead)
            && fits(io.running.diskWritten, io.own.diskWritten, io.budget.diskWritten)
            && fits(io.running.networkReceived, io.own.networkReceived, io.budget.networkReceived)
            && fits(io.running.networkSent, io.own.networkSent, io.budget.networkSent)
        return fits ? .admit : .block(.ioRoom(running: io.running, own: io.own, budget: io.budget), until: nil)
    }

    /// An axis on which the job moves nothing does not hold it back.
    private static func fits(_ running: Int64, _ own: Int64, _ budget: Int64) -> Bool {
        if own == 0 || budget == .max { return true }
        let (sum, overflow) = running.addingReportingOverflow(own)
        return !overflow && sum <= budget
    }
}
