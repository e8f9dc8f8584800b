import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

/// A job that spawns others, and counts in the end.
private struct Family: Job {
    static let type: JobType = "family"
    var children: [String]
    var isFailFast = true
}

private struct FamilyWorker: JobExecutor {
    let ran: Recorder<String>

    @concurrent func execute(_ job: Family, in context: JobContext) async throws -> Int {
        ran.append("execute")
        try await context.spawn(contentsOf: job.children.map { Work($0) })
        return job.children.count
    }

    @concurrent func finalize(_ job: Family, output: Int, in context: JobContext) async throws -> Int {
        ran.append("finalize \(output)")
        return output * 10
    }
}

/// Returns from `execute` only after all children have ended.
private struct PatientFamilyWorker: JobExecutor {
    let ran: Recorder<String>

    @concurrent func execute(_ job: Family, in context: JobContext) async throws -> Int {
        let events = context.queue.events(of: Work.self, .ended)
        try await context.spawn(contentsOf: job.children.map { Work($0) })
        var open = job.children.count
        for await _ in events {
            open -= 1
            if open == 0 { break }
        }
        ran.append("execute")
        return job.children.count
    }

    @concurrent func finalize(_ job: Family, output: Int, in context: JobContext) async throws -> Int {
        ran.append("finalize \(output)")
        return output
    }
}

/// A job that adds up the lengths of names.
private struct Census: Job {
    static let type: JobType = "census"
    var names: [String]
}

private struct CensusWorker: JobExecutor {
    let seen: Recorder<String>

    @concurrent func execute(_ job: Census, in context: JobContext) async throws -> Int {
        try await context.spawn(contentsOf: job.names.map { Other($0) })
        return 0
    }

    @concurrent func finalize(_ job: Census, output: Int, in context: JobContext) async throws -> Int {
        var sum = output
        for child in try await context.children() {
            let length: Int? = try context.output(of: child)
            seen.append("\(child.state) \(length.map(String.init) ?? "-")")
            sum += length ?? 0
        }
        seen.append("completed alone: \(try await context.children(in: [.completed]).count)")
        return sum
    }
}

/// Gives the length of a name, if it has one.
private struct LengthWorker: JobExecutor {
    @concurrent func execute(_ job: Other, in context: JobContext) async throws -> Int {
        if job.name.isEmpty { throw JobError.permanent("no name") }
        return job.name.count
    }
}

@Suite("Children") struct ChildrenTests {
    private let ran = Recorder<String>()

    private func queue(_ rig: Rig, _ body: @escaping @Sendable (Work, JobContext) async throws -> Void) throws
        -> JobQueue
    {
        try rig.queue {
            FamilyWorker(ran: ran)
            Worker(body)
        }
    }

    @Test("D12 a job waits for its children, then finalize gets what execute returned", arguments: [1, 4])
    func finalize(concurrency: Int) async throws {
        let ran = ran
        let queue = try queue(Rig(concurrency: concurrency)) { job, _ in ran.append(job.name) }
        let id = try await queue.submit(Family(children: ["a", "b", "c"])).id
        let events = queue.events(of: id)
        try await queue.runUntilIdle()
        #expect(ran.all.first == "execute")
        #expect(ran.all.last == "finalize 3")
        #expect(ran.all.dropFirst().dropLast().sorted() == ["a", "b", "c"])
        let record = try #require(try await queue.job(id))
        #expect(record.state == .completed)
        #expect(record.output == Array("30".utf8))
        #expect(record.attempt == 2)
        let kinds = await events.kinds()
        #expect(kinds.first == .started(attempt: 1))
        #expect(kinds.suffix(3) == [.unblocked, .started(attempt: 2), .ended(.completed, nil)])
        #expect(kinds.contains(.waiting))
        #expect(try await queue.count(JobQuery(parent: id)) == 3)
    }

    @Test("D12 a job without children completes without finalize")
    func noChildren() async throws {
        let queue = try queue(Rig()) { _, _ in }
        let id = try await queue.submit(Family(children: [])).id
        try await queue.runUntilIdle()
        #expect(ran.all == ["execute"])
        #expect(try await queue.job(id)?.output == Array("0".utf8))
    }

    @Test("D12 a child's permanent failure cancels its siblings and fails the parent")
    func failFast() async throws {
        let gate = Gate()
        let queue = try queue(Rig()) { job, _ in
            if job.name == "bad" { throw JobError.permanent("no") }
            try await gate.pass()
        }
        let id = try await queue.submit(Family(children: ["slow"] + ["bad"])).id
        try await whileRunning(queue) {
            let record = try await queue.end(of: id)
            #expect(record?.state == .failed)
            #expect(record?.failure?.kind == .relatedJob)
            let children = try await queue.jobs(JobQuery(parent: id)).jobs
            let slow = try #require(children.first { $0.failure?.kind != .permanent })
            try await queue.expectEnd(of: slow.id, .cancelled)
        }
        #expect(!ran.all.contains { $0.hasPrefix("finalize") })
    }

    @Test("D12 without fail-fast finalize runs after a child has failed")
    func notFailFast() async throws {
        let queue = try queue(Rig()) { _, _ in throw JobError.permanent("no") }
        let id = try await queue.submit(Family(children: ["bad"]), SubmitOptions(failFast: false)).id
        try await queue.runUntilIdle()
        #expect(ran.all == ["execute", "finalize 1"])
        #expect(try await queue.job(id)?.state == .completed)
    }

    @Test("D12 a job whose children were quicker than itself finalizes with what execute returned")
    func quickChildren() async throws {
        let ran = ran
        let queue = try Rig(concurrency: 2).queue {
            PatientFamilyWorker(ran: ran)
            Worker { job, _ in ran.append(job.name) }
        }
        let id = try await queue.submit(Family(children: ["a", "b"])).id
        let events = queue.events(of: id)
        try await queue.runUntilIdle()
        #expect(ran.all == ["a", "b", "execute", "finalize 2"])
        #expect(
            await events.kinds() == [
                .started(attempt: 1), .waiting, .unblocked, .started(attempt: 2), .ended(.completed, nil),
            ])
    }

    @Test("D12 finalize sees its children in order, each with its end and its output", arguments: [1, 4])
    func seesChildren(concurrency: Int) async throws {
        let seen = Recorder<String>()
        let queue = try Rig(concurrency: concurrency).queue {
            CensusWorker(seen: seen)
            LengthWorker()
        }
        let names = ["one", "", "three"]
        let id = try await queue.submit(Census(names: names), SubmitOptions(failFast: false)).id
        try await queue.runUntilIdle()
        #expect(seen.all == ["completed 3", "failed -", "completed 5", "completed alone: 2"])
        #expect(try await queue.job(id)?.output == Array("8".utf8))
    }

    @Test("D12 more children than fit into one page are all seen")
    func manyChildren() async throws {
        let rig = Rig()
        let count = JobQuery.limits.upperBound + 1
        let seen = Recorder<Int>()
        let queue = try rig.queue {
            Worker { _, context in
                let batch = Array(repeating: JobSubmission(type: "other"), count: count)
                try await context.spawn(batch: batch)
                let children = try await context.children()
                seen.append(Set(children.map(\.id)).count)
                throw JobError.permanent("seen enough")
            }
            ExecutorRegistration.submitting(Other.self)
        }
        try await queue.submit(Work())
        try await queue.runUntilIdle()
        #expect(seen.all == [count])
        #expect(try await queue.counts()[.cancelled] == count, "with their parent")
    }

    @Test("D12 a child that is submitted from outside inherits as a spawned one does")
    func inheritanceFromOutside() async throws {
        let queue = try queue(Rig()) { _, _ in }
        let parent = try await queue.submit(Work("p"), SubmitOptions(priority: .high, timeToLive: .seconds(60))).id
        let child = try await queue.submit(Work("c"), SubmitOptions(priority: .idle, parent: parent)).id
        let records = (try await queue.job(parent), try await queue.job(child))
        #expect(records.1?.priority == .high)
        #expect(records.1?.expiresAt == records.0?.expiresAt)
    }

    @Test("E6 C5 what cancelling a running parent ends is told")
    func cancelIsTold() async throws {
        let gate = Gate()
        let queue = try Rig(concurrency: 1).queue {
            Worker { job, context in
                guard job.name == "p" else { return }
                try await context.spawn(contentsOf: [Work("a"), Work("b")])
                try await gate.pass()
            }
        }
        let parent = try await queue.submit(Work("p")).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            let children = try await queue.jobs(JobQuery(parent: parent, order: .oldestFirst)).jobs.map(\.id)
            let events = queue.events(.ended)
            guard case .requested(worker: _, let changes) = try await queue.cancel(parent) else {
                Issue.record("the parent runs")
                return
            }
            #expect(changes.map(\.id) == children)
            var told: [JobID] = []
            for await event in events {
                told.append(try #require(event.id))
                if told.count == 3 { break }
            }
            #expect(told == children + [parent])
        }
    }

    @Test("D12 a child runs at least as urgently as its parent, and lives no longer")
    func inheritance() async throws {
        let rig = Rig()
        let queue = try queue(rig) { _, _ in }
        let id = try await queue.submit(
            Family(children: ["a"]), SubmitOptions(priority: .high, timeToLive: .seconds(60))
        ).id
        try await queue.runUntilIdle()
        let child = try #require(try await queue.jobs(JobQuery(parent: id)).jobs.first)
        #expect(child.priority == .high)
        #expect(child.expiresAt == rig.now.advanced(by: .seconds(60)))
    }

    @Test("D12 a child runs at least as urgently as its parent was, with what waiting had done for that")
    func agedInheritance() async throws {
        var rig = Rig()
        rig.configuration.aging = AgingPolicy(grace: .zero, interval: .seconds(1), ceiling: .high)
        let queue = try queue(rig) { _, _ in }
        let id = try await queue.submit(Family(children: ["a"]), SubmitOptions(priority: .idle)).id
        rig.time.advance(by: .seconds(155))
        try await queue.runUntilIdle()
        let child = try #require(try await queue.jobs(JobQuery(parent: id)).jobs.first)
        #expect(child.priority == 100)
        #expect(try await queue.job(id)?.priority == .idle)
    }

    @Test("E6 cancelling a parent cancels its children")
    func cancelParent() async throws {
        let gate = Gate()
        let queue = try queue(Rig()) { _, _ in try await gate.pass() }
        let id = try await queue.submit(Family(children: ["a", "b"])).id
        try await whileRunning(queue) {
            await gate.arrivals(2)
            let waiting = try await queue.job(id)
            #expect(waiting?.state == .waiting || waiting?.state == .running)
            try await queue.cancel(id)
            try await queue.expectEnd(of: id, .cancelled)
            for child in try await queue.jobs(JobQuery(parent: id)).jobs {
                try await queue.expectEnd(of: child.id, .cancelled)
            }
        }
    }

    @Test("D12 an output that this build can't read fails the job for good")
    func unreadableOutput() async throws {
        let rig = Rig()
        let queue = try queue(rig) { _, _ in }
        let id = try await queue.submit(Family(children: ["a"])).id
        // Another build ran `execute`, and left an output of its own.
        let worker = try await rig.memory.openWorker(lease: .seconds(60), at: HostTime(rig.now))
        let rules = AdmissionRules(types: ["family": 0], domains: [DomainRule(name: "")])
        let turn = try await rig.memory.turn(
            finishing: [], claiming: ClaimRequest(worker: worker, limit: 1, rules: rules), at: rig.now)
        var child = JobSubmission(type: "work", payload: try TestCoder().encode(Work()))
        child.parent = id
        _ = try await rig.memory.submit(child, at: rig.now)
        let end = Completion(
            id: id, attempt: try #require(turn.claimed.first).attempt, worker: worker, end: .success(output: [1, 2]),
            startedAt: rig.now, endedAt: rig.now)
        _ = try await rig.memory.turn(finishing: [end], claiming: nil, at: rig.now)
        try await rig.memory.closeWorker(worker, at: rig.now)
        try await queue.runUntilIdle()
        let record = try await queue.job(id)
        #expect(record?.state == .failed)
        #expect(record?.failure?.kind == .undecodable)
    }
}
