import CMillraceSQLite
import QueueModel
import QueueStoreKit
import Testing

@testable import QueueStorage

/// Gates and orders that rules can have, each of which holds something back here.
private struct Gates: OptionSet, CustomTestStringConvertible {
    let rawValue: Int

    static let domainLimit = Gates(rawValue: 1)
    static let groupLimit = Gates(rawValue: 2)
    static let groupPause = Gates(rawValue: 4)
    static let pressure = Gates(rawValue: 8)
    static let ioBudget = Gates(rawValue: 16)
    static let rates = Gates(rawValue: 32)
    static let aging = Gates(rawValue: 64)
    static let fairShare = Gates(rawValue: 128)

    static let all: [(String, Gates)] = [
        ("domain limit", .domainLimit), ("group limit", .groupLimit), ("group pause", .groupPause),
        ("pressure", .pressure), ("IO budget", .ioBudget), ("rates", .rates), ("aging", .aging),
        ("fair share", .fairShare),
    ]

    var testDescription: String {
        let names = Self.all.filter { contains($0.1) }.map(\.0)
        return names.isEmpty ? "none" : names.joined(separator: ", ")
    }

    var rules: AdmissionRules {
        var rules = AdmissionRules(
            generation: UInt64(rawValue) + 1, types: ["a.one": 0, "b.two": 1],
            domains: [DomainRule(name: "a"), DomainRule(name: "b")])
        if contains(.domainLimit) { rules.domains[0].limit = 2 }
        if contains(.groupLimit) { rules.groups["full"] = GroupRule(limit: 1) }
        if contains(.pressure) { rules.leastPriority = .normal }
        if contains(.ioBudget) { rules.ioBudget = IOAmount(diskRead: 1000, diskWritten: .max) }
        if contains(.rates) {
            rules.typeRates["b.two"] = TypeRate(bucket: "b.two", limit: .perSecond(3))
            rules.groups["rated"] = GroupRule(rate: .perSecond(1))
        }
        if contains(.aging) { rules.aging = AgingPolicy(grace: .zero, interval: .seconds(1)) }
        if contains(.fairShare) {
            rules.fairShare = FairSharePolicy(groups: ["full": FairSharePolicy.Share(weight: 2)], urgent: .high)
        }
        return rules
    }
}

@Suite("Plans of claims")
struct ClaimPlanTests {
    private static let combinations = (0..<256).map { Gates(rawValue: $0) }

    /// Jobs in all that the gates tell apart, far more than a claim takes.
    private func fill(_ context: StoreContext) throws {
        for round in 0..<40 {
            for (type, group) in [("a.one", nil), ("a.one", "full"), ("b.two", "rated"), ("b.two", "held")] {
                _ = try Submitting(context).submit(
                    JobSubmission(
                        type: JobType(type), priority: round % 2 == 0 ? .normal : .background, group: group,
                        expectedIO: round % 3 == 0 ? IOAmount(diskRead: 400) : nil),
                    at: now)
            }
        }
    }

    @Test("D2 no statement of a claim goes through jobs or sorts them, whatever gates hold", arguments: combinations)
    fileprivate func plans(_ gates: Gates) throws {
        let connection = try Database.open(.memory, SQLiteStoreOptions())
        let context = StoreContext(Session(connection), log: nil, storeID: 1, process: .current)
        try WriteTransaction(context).begin()
        let worker = try Workers(context).open(lease: .seconds(60), at: HostTime(now))
        try fill(context)
        if gates.contains(.groupPause) { try Pauses(context).pause(Pause(.group("held")), at: now) }
        try WriteTransaction(context).commit()
        // The statements of the claims alone are looked at.
        connection.forEachStatement { _ = sqlite3_stmt_status($0, SQLITE_STMTSTATUS_FULLSCAN_STEP, 1) }
        var running: [JobRecord] = []
        for turn in 1...12 {
            let instant = now.advanced(by: .seconds(turn))
            try WriteTransaction(context).begin()
            context.beginOperation()
            let request = ClaimRequest(worker: worker, limit: 4, rules: gates.rules, preemptsAt: .realtime)
            let ended = running.map {
                Completion(
                    id: $0.id, attempt: $0.attempt, worker: worker, end: .success(output: nil), startedAt: instant,
                    endedAt: instant)
            }
            running = try Claiming(context).turn(finishing: ended, claiming: request, at: instant).claimed
            #expect(turn > 1 || !running.isEmpty)
            try WriteTransaction(context).commit()
        }
        var seen = 0
        connection.forEachStatement { statement in
            guard let text = sqlite3_sql(statement).map({ String(cString: $0) }) else { return }
            // Loading a board looks at the few workers, holds and buckets; names of types and groups are few too.
            if ["FROM worker", "FROM pause", "FROM bucket"].contains(where: text.contains) { return }
            #expect(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_FULLSCAN_STEP, 0) == 0, "\(text)")
            #expect(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_SORT, 0) == 0, "\(text)")
            #expect(sqlite3_stmt_status(statement, SQLITE_STMTSTATUS_AUTOINDEX, 0) == 0, "\(text)")
            seen += 1
        }
        #expect(seen > 5)
        for text in connection.statementTexts where !text.hasPrefix("PRAGMA") && text.contains("job") {
            let plan = try Statement("EXPLAIN QUERY PLAN \(text)", on: connection, persistent: false)
            while try plan.step() {
                let line = plan.text(3)
                #expect(!line.contains("TEMP B-TREE") && !line.hasPrefix("SCAN job"), "\(line) in \(text)")
            }
        }
        connection.close()
    }
}

extension Connection {
    /// Calls `body` with every statement that is prepared on the connection.
    fileprivate func forEachStatement(_ body: (OpaquePointer) -> Void) {
        var statement = sqlite3_next_stmt(handle, nil)
        while let present = statement {
            body(present)
            statement = sqlite3_next_stmt(handle, present)
        }
    }

    fileprivate var statementTexts: [String] {
        var texts: [String] = []
        forEachStatement { statement in
            if let text = sqlite3_sql(statement) { texts.append(String(cString: text)) }
        }
        return texts
    }
}
