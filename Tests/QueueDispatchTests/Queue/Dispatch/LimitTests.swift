import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("Limits") struct LimitTests {
    /// Runs jobs that hold each other up a little, and gives the most that ran at once.
    private func most(
        of count: Int, _ rig: Rig, domain: String = "", limit: Int? = nil, group: @escaping @Sendable (Int) -> String?
    ) async throws -> Crowd {
        let crowd = Crowd()
        let worker = Worker { _, context in
            let names = ["", context.job.group ?? "none"]
            for name in names { crowd.enter(name) }
            for _ in 0..<5 { await Task.yield() }
            for name in names { crowd.leave(name) }
        }
        let queue = try rig.queue {
            if let limit { Domain(domain) { worker }.concurrency(limit) } else { Domain(domain) { worker } }
        }
        let batch = try (0..<count).map { try queue.submission(of: Work("\($0)"), SubmitOptions(group: group($0))) }
        try await queue.submit(batch: batch)
        try await queue.runUntilIdle()
        #expect(try await queue.counts()[.completed] == count)
        return crowd
    }

    @Test("D3 no more jobs run at once than the queue's concurrency", arguments: [1, 2, 5])
    func global(limit: Int) async throws {
        let crowd = try await most(of: 60, Rig(concurrency: limit)) { _ in nil }
        #expect(crowd.most() <= limit)
    }

    @Test("D3 no more jobs of a domain run at once than its limit", arguments: [1, 2, 3])
    func domain(limit: Int) async throws {
        let crowd = try await most(of: 60, Rig(concurrency: 8), domain: "d", limit: limit) { _ in nil }
        #expect(crowd.most() <= limit)
    }

    @Test("D3 no more jobs of a group run at once than its limit, or that of other groups", arguments: [1, 2])
    func group(limit: Int) async throws {
        var rig = Rig(concurrency: 8)
        rig.configuration.groups["a"] = GroupRule(limit: limit)
        rig.configuration.otherGroups = GroupRule(limit: 3)
        let crowd = try await most(of: 80, rig) { [nil, "a", "b", "c"][$0 % 4] }
        #expect(crowd.most("a") <= limit)
        #expect(crowd.most("b") <= 3)
        #expect(crowd.most("c") <= 3)
    }

    @Test("D3 as many run at once as each limit allows")
    func limitsAreReached() async throws {
        var rig = Rig(concurrency: 6)
        rig.configuration.groups["a"] = GroupRule(limit: 2)
        rig.configuration.otherGroups = GroupRule(limit: 1)
        let gate = Gate()
        let crowd = Crowd()
        let queue = try rig.queue {
            Worker { _, context in
                crowd.enter(context.job.group ?? "none")
                try await gate.pass()
            }
        }
        for group in ["a", "a", "a", "b", "b", nil, nil] {
            try await queue.submit(Work(), SubmitOptions(group: group))
        }
        try await whileRunning(queue) {
            await gate.arrivals(5)
            #expect(crowd.most("a") == 2)
            #expect(crowd.most("b") == 1)
            #expect(crowd.most("none") == 2)
            let running = try await queue.counts()[.running]
            #expect(running == 5)
        }
    }

    @Test("D2 a full group does not hold back another, however many wait in it")
    func fullGroup() async throws {
        var rig = Rig(concurrency: 4)
        rig.configuration.groups["full"] = GroupRule(limit: 1)
        let gate = Gate()
        let queue = try rig.queue {
            Worker { _, context in if context.job.group == "full" { try await gate.pass() } }
        }
        try await queue.submit(
            contentsOf: (0..<200).map { Work("\($0)") }, SubmitOptions(priority: .high, group: "full"))
        let others = try await queue.submit(contentsOf: (0..<20).map { Work("\($0)") }, SubmitOptions(group: "free"))
        try await whileRunning(queue) {
            for other in others { try await queue.expectEnd(of: other.id, .completed) }
            #expect(gate.arrivals == 1)
        }
    }

    /// What of a queue's limits a test changes.
    enum Kind: CaseIterable, Sendable {
        case global, domain, group, others

        func set(_ limit: Int, of queue: JobQueue) throws {
            switch self {
            case .global: try queue.limits.setConcurrency(limit)
            case .domain: try queue.limits.setConcurrency(limit, ofDomain: "d")
            case .group, .others: try queue.limits.setRule(GroupRule(limit: limit), ofGroup: "g")
            }
        }

        func rig(_ limit: Int) -> Rig {
            var rig = Rig(concurrency: self == .global ? limit : 8)
            if self == .group { rig.configuration.groups["g"] = GroupRule(limit: limit) }
            if self == .others { rig.configuration.otherGroups = GroupRule(limit: limit) }
            return rig
        }

        func domain(_ limit: Int, _ worker: Worker) -> Domain {
            self == .domain ? Domain("d") { worker }.concurrency(limit) : Domain("d") { worker }
        }
    }

    @Test("D3 a limit that is raised lets more run at once", arguments: Kind.allCases)
    func raising(kind: Kind) async throws {
        let gate = Gate()
        let queue = try kind.rig(1).queue { kind.domain(1, Worker { _, _ in try await gate.pass() }) }
        try await queue.submit(contentsOf: (0..<5).map { Work("\($0)") }, SubmitOptions(group: "g"))
        try await whileRunning(queue) {
            await gate.arrivals(1)
            try kind.set(3, of: queue)
            await gate.arrivals(3)
            #expect(try await queue.counts()[.running] == 3)
        }
    }

    @Test("D3 a limit that is lowered lets running jobs finish, and fewer follow", arguments: Kind.allCases)
    func lowering(kind: Kind) async throws {
        let gate = Gate()
        let late = Crowd()
        let worker = Worker { job, context in
            guard job.name == "late" else {
                try await gate.pass()
                return try context.checkCancellation()
            }
            late.enter()
            for _ in 0..<5 { await Task.yield() }
            late.leave()
        }
        let queue = try kind.rig(4).queue { kind.domain(4, worker) }
        try await queue.submit(contentsOf: (0..<4).map { Work("\($0)") }, SubmitOptions(group: "g"))
        let others = try await queue.submit(
            contentsOf: (0..<6).map { _ in Work("late") }, SubmitOptions(group: "g"))
        try await whileRunning(queue) {
            await gate.arrivals(4)
            try kind.set(1, of: queue)
            gate.open()
            for other in others { try await queue.expectEnd(of: other.id, .completed) }
        }
        #expect(late.most() == 1)
        #expect(try await queue.counts()[.completed] == 10)
    }

    @Test(
        "D3 a shared limit holds over all workers, one of a worker over each",
        arguments: [GroupRule.Scope.shared, .worker])
    func scopes(scope: GroupRule.Scope) async throws {
        var rig = Rig(concurrency: 4)
        rig.configuration.groups["g"] = GroupRule(limit: 1, scope: scope)
        let gate = Gate()
        let crowd = Crowd()
        let worker = Worker { _, _ in
            crowd.enter()
            try await gate.pass()
        }
        let first = try rig.queue { worker }
        let second = try rig.queue {
            worker
            OtherWorker()
        }
        try await first.submit(contentsOf: (0..<4).map { Work("\($0)") }, SubmitOptions(group: "g"))
        try await whileRunning(first) {
            await gate.arrivals(1)
            // Behind the group's jobs, and only for the second, which so has had the choice of them.
            let marker = try await second.submit(Other(), SubmitOptions(priority: .idle)).id
            try await whileRunning(second) {
                try await second.expectEnd(of: marker, .completed)
                if scope == .worker { await gate.arrivals(2) }
                #expect(crowd.most() == (scope == .worker ? 2 : 1))
            }
        }
    }
}
