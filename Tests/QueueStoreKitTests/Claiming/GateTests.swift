import QueueModel
import QueueStoreKit
import Testing

@Suite("Gates") struct GateTests {
    private static let now = Timestamp(milliseconds: 1000)
    private static let later = Timestamp(milliseconds: 1001)

    /// A change of facts that let all through, and what then holds.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let hold: Gate.Block?
        let change: @Sendable (inout GateFacts) -> Void

        init(_ name: String, _ hold: Gate.Block?, _ change: @escaping @Sendable (inout GateFacts) -> Void) {
            testDescription = name
            self.hold = hold
            self.change = change
        }
    }

    private static let limit = RateLimit.perSecond(5, burst: 1)

    private static let cases: [Case] = pauses + times + slots + shares + loads + io + rates

    private static let pauses = [
        Case("D8 a held queue holds", Gate.Block(.queuePause, .paused)) { $0.queuePause = .init() },
        Case("D8 a held domain holds until its end", Gate.Block(.domainPause, .paused, until: later)) {
            $0.domainPause = .init(until: later)
        },
        Case("D8 a held group holds", Gate.Block(.groupPause, .paused)) { $0.groupPause = .init() },
    ]

    private static let times = [
        Case("D1 a start to come holds until it comes", Gate.Block(.due, .notDue, until: later)) {
            $0.runAfter = later
        },
        Case("D1 a start that has come lets through", nil) { $0.runAfter = now },
        Case("D1 an expiry that has come holds for good", Gate.Block(.expiry, .expired)) { $0.expiresAt = now },
        Case("D1 an expiry to come lets through", nil) { $0.expiresAt = later },
    ]

    private static let slots = [
        Case("D3 a full worker holds", Gate.Block(.workerSlot, .slots(running: 4, limit: 4))) {
            $0.worker = .init(running: 4, limit: 4)
        },
        Case("D3 a worker with a free slot lets through", nil) { $0.worker = .init(running: 3, limit: 4) },
        Case("D3 a full domain holds", Gate.Block(.domainSlot, .slots(running: 5, limit: 2))) {
            $0.domain = .init(running: 5, limit: 2)
        },
        Case("D3 a domain without a limit lets through", nil) { $0.domain = .init(running: 5) },
        Case("D3 a group with the limit zero holds", Gate.Block(.groupSlot, .slots(running: 0, limit: 0))) {
            $0.group = .init(limit: 0)
        },
        Case("D3 a group with a free slot lets through", nil) { $0.group = .init(running: 1, limit: 2) },
    ]

    private static let shares = [
        Case("D6 a group at the cap of its share is held", Gate.Block(.groupSlot, .share(running: 2, maximum: 2))) {
            $0.share = .init(running: 2, limit: 2)
        },
        Case("D6 a group below the cap of its share is let through", nil) { $0.share = .init(running: 1, limit: 2) },
        Case("D6 a full group is told by its limit", Gate.Block(.groupSlot, .slots(running: 3, limit: 3))) {
            $0.group = .init(running: 3, limit: 3)
            $0.share = .init(running: 2, limit: 2)
        },
    ]

    private static let loads = [
        Case("L4 another suspect holds", Gate.Block(.isolation, .suspect)) { $0.waitsForSuspect = true },
        Case(
            "D9 a priority below the limit of the pressure is held",
            Gate.Block(.pressure, .pressure(leastPriority: 127))
        ) {
            $0.leastPriority = 127
        },
        Case("D9 a priority at the limit of the pressure is let through", nil) { $0.leastPriority = 128 },
    ]

    private static func io(
        running: IOAmount = .zero, own: IOAmount, budget: IOAmount, othersRun: Bool = true
    ) -> GateFacts.IOFact {
        GateFacts.IOFact(running: running, own: own, budget: budget, othersRun: othersRun)
    }

    private static let open = IOAmount(
        diskRead: .max, diskWritten: .max, networkReceived: .max, networkSent: .max)

    private static func budget(_ axis: WritableKeyPath<IOAmount, Int64>, _ bytes: Int64) -> IOAmount {
        var budget = open
        budget[keyPath: axis] = bytes
        return budget
    }

    private static var io: [Case] {
        let tight = budget(\.diskRead, 10)
        let axes: [(String, @Sendable (Int64) -> IOAmount, IOAmount)] = [
            ("read", { IOAmount(diskRead: $0) }, budget(\.diskRead, 10)),
            ("written", { IOAmount(diskWritten: $0) }, budget(\.diskWritten, 10)),
            ("received", { IOAmount(networkReceived: $0) }, budget(\.networkReceived, 10)),
            ("sent", { IOAmount(networkSent: $0) }, budget(\.networkSent, 10)),
        ]
        return axes.flatMap { name, amount, budget in
            [
                Case("D10 what just fits beside what is \(name) is let through", nil) {
                    $0.io = io(running: amount(6), own: amount(4), budget: budget)
                },
                Case(
                    "D10 a byte more than what may be \(name) is held",
                    Gate.Block(.ioRoom, .ioRoom(running: amount(7), own: amount(4), budget: budget))
                ) { $0.io = io(running: amount(7), own: amount(4), budget: budget) },
            ]
        } + [
            Case("D10 a job that never fits runs when nothing else moves", nil) {
                $0.io = io(own: IOAmount(diskRead: 11), budget: tight, othersRun: false)
            },
            Case("D10 an axis on which the job moves nothing does not hold it", nil) {
                $0.io = io(running: IOAmount(diskRead: 50), own: IOAmount(networkSent: 5), budget: tight)
            },
            Case(
                "D10 sums that can't be written hold",
                Gate.Block(
                    .ioRoom, .ioRoom(running: IOAmount(diskRead: .max), own: IOAmount(diskRead: 1), budget: tight))
            ) {
                $0.io = io(running: IOAmount(diskRead: .max), own: IOAmount(diskRead: 1), budget: tight)
            },
            Case("D10 an axis without a budget never holds", nil) {
                $0.io = io(running: IOAmount(diskWritten: .max), own: IOAmount(diskWritten: .max), budget: tight)
            },
        ]
    }

    private static let rates = [
        Case("D4 a type without a token is held until its next", Gate.Block(.typeRate, .rate(limit), until: later)) {
            $0.typeRate = .init(limit: limit, nextToken: later)
        },
        Case("D4 a type with a token is let through", nil) { $0.typeRate = .init(limit: limit, nextToken: nil) },
        Case("D4 a group without a token is held until its next", Gate.Block(.groupRate, .rate(limit), until: later)) {
            $0.groupRate = .init(limit: limit, nextToken: later)
        },
        Case("D4 a group with a token is let through", nil) { $0.groupRate = .init(limit: limit, nextToken: nil) },
    ]

    @Test("D1 facts that say nothing hold nothing back", arguments: [Priority.realtime, .normal, .idle])
    func open(_ priority: Priority) {
        #expect(Gate.blocks(of: GateFacts(now: Self.now, priority: priority)).isEmpty)
        #expect(Gate.firstBlock(of: GateFacts(now: Self.now, priority: priority)) == nil)
    }

    @Test("D1 each gate holds by its own facts, with the figures", arguments: cases)
    func gate(_ test: Case) {
        var facts = GateFacts(now: Self.now)
        test.change(&facts)
        #expect(Gate.firstBlock(of: facts) == test.hold)
        #expect(Gate.blocks(of: facts) == [test.hold].compactMap { $0 })
        for gate in Gate.allCases where gate != test.hold?.gate { #expect(gate.judge(facts) == .admit) }
    }

    @Test("D1 the gates stand in the order of the rule, the rates last")
    func order() {
        #expect(
            Gate.allCases == [
                .queuePause, .domainPause, .groupPause, .due, .expiry, .workerSlot, .domainSlot, .groupSlot, .isolation,
                .pressure, .ioRoom, .typeRate, .groupRate,
            ])
        #expect(Gate.allCases.map(\.rawValue) == Array(0..<13))
    }

    @Test("D14 where every gate holds, the first is told first and none is left out")
    func all() {
        var facts = GateFacts(now: Self.now)
        for test in Self.cases where test.hold != nil { test.change(&facts) }
        #expect(Gate.blocks(of: facts).map(\.gate) == Gate.allCases)
        for gate in Gate.allCases {
            #expect(Gate.firstBlock(of: facts)?.gate == gate)
            facts.open(gate)
        }
        #expect(Gate.firstBlock(of: facts) == nil)
    }

    @Test(
        "D14 a reason is said with its figures",
        arguments: [
            (Gate.Block.Reason.paused, "paused"), (.notDue, "not due"), (.expired, "expired"),
            (.slots(running: 4, limit: 4), "4 of 4 running"),
            (.share(running: 3, maximum: 2), "3 running, the cap of its share is 2"),
            (.suspect, "suspect"), (.pressure(leastPriority: .normal), "normal"),
            (.rate(.perSecond(5)), "5 per 1.0 seconds"),
            (
                .ioRoom(
                    running: IOAmount(diskRead: 7, networkSent: 1), own: IOAmount(diskRead: 5),
                    budget: budget(\.diskRead, 10)),
                "would move 5 bytes, 8 are being moved, the budget is read 10"
            ),
            (
                .ioRoom(
                    running: IOAmount(diskRead: .max, diskWritten: .max), own: .zero, budget: budget(\.networkSent, 3)),
                "\(Int64.max) are being moved, the budget is send 3"
            ),
        ])
    func text(_ reason: Gate.Block.Reason, _ part: String) {
        #expect("\(reason)".contains(part))
    }
}

extension GateFacts {
    /// Takes away what one gate looks at.
    fileprivate mutating func open(_ gate: Gate) {
        switch gate {
        case .queuePause: queuePause = nil
        case .domainPause: domainPause = nil
        case .groupPause: groupPause = nil
        case .due: runAfter = nil
        case .expiry: expiresAt = nil
        case .workerSlot: worker.limit = nil
        case .domainSlot: domain.limit = nil
        case .groupSlot:
            group.limit = nil
            share.limit = nil
        case .isolation: waitsForSuspect = false
        case .pressure: leastPriority = .idle
        case .ioRoom: io = nil
        case .typeRate: typeRate = nil
        case .groupRate: groupRate = nil
        }
    }
}
