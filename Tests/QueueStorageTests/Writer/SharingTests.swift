import QueueModel
import QueueStoreKit
import Synchronization
import Testing

@testable import QueueStorage

@Suite("Several stores on one file")
struct SharingTests {
    private func pair(_ directory: TemporaryDirectory) async throws -> (SQLiteJobStore, SQLiteJobStore) {
        (
            try await SQLiteJobStore(at: .file(directory.database)),
            try await SQLiteJobStore(at: .file(directory.database))
        )
    }

    @Test("a store claims what another has submitted, in the order of both")
    func order() async throws {
        let directory = try TemporaryDirectory()
        let (one, two) = try await pair(directory)
        let worker = try await one.openWorker(lease: .seconds(60), at: HostTime(now))
        _ = try await one.submit(JobSubmission(type: "work"), at: now)
        #expect(try await one.claim(1, for: worker).map(\.id) == [JobID(1)])
        _ = try await two.submit(JobSubmission(type: "work", priority: .background), at: now)
        _ = try await one.submit(JobSubmission(type: "work"), at: now)
        _ = try await two.submit(JobSubmission(type: "work", priority: .high), at: now)
        #expect(try await one.claim(for: worker).map(\.id) == [JobID(4), JobID(3), JobID(2)])
        #expect(try await two.check() == [])
        await one.close()
        await two.close()
    }

    @Test("D3 a shared limit holds over stores")
    func limits() async throws {
        let directory = try TemporaryDirectory()
        let (one, two) = try await pair(directory)
        let workers = [
            try await one.openWorker(lease: .seconds(60), at: HostTime(now)),
            try await two.openWorker(lease: .seconds(60), at: HostTime(now)),
        ]
        for _ in 0..<10 { _ = try await one.submit(JobSubmission(type: "work", group: "g"), at: now) }
        let rules = AdmissionRules(
            types: ["work": 0], domains: [DomainRule(name: "")], otherGroups: GroupRule(limit: 3))
        let first = try await one.turn(
            finishing: [], claiming: ClaimRequest(worker: workers[0], limit: 2, rules: rules), at: now)
        let second = try await two.turn(
            finishing: [], claiming: ClaimRequest(worker: workers[1], limit: 10, rules: rules), at: now)
        #expect(first.claimed.count == 2)
        #expect(second.claimed.count == 1)
        await one.close()
        await two.close()
    }

    @Test("S9 a submission wakes the worker of another store, and a cancel reaches the store that runs the job")
    func wakes() async throws {
        let directory = try TemporaryDirectory()
        let (one, two) = try await pair(directory)
        let worker = try await one.openWorker(lease: .seconds(60), at: HostTime(now))
        let (signals, sender) = AsyncStream.makeStream(of: StoreSignal.self, bufferingPolicy: .unbounded)
        let observation = one.observe { sender.yield($0) }
        var iterator = signals.makeAsyncIterator()

        _ = try await two.submit(JobSubmission(type: "work"), at: now)
        #expect(await iterator.next()?.isWork == true)
        #expect(try await one.claim(for: worker).count == 1)
        _ = try await two.cancel(JobID(1), at: now)
        while let signal = await iterator.next() {
            if signal == .stop([JobID(1)]) { break }
            #expect(signal.isWork || signal == .schedules, "hints may come for nothing")
        }
        observation.cancel()
        await one.close()
        await two.close()
    }

    @Test("S9 a schedule that another store registers is told to whoever observes this one, and fired by either once")
    func schedules() async throws {
        let directory = try TemporaryDirectory()
        let (one, two) = try await pair(directory)
        _ = try await one.openWorker(lease: .seconds(60), at: HostTime(now))
        let (signals, sender) = AsyncStream.makeStream(of: StoreSignal.self, bufferingPolicy: .unbounded)
        let observation = one.observe { sender.yield($0) }
        let job = RecurringJob(JobSubmission(type: "work"), .every(.seconds(60)))
        for count in 1...2 {
            _ = try await two.register(ScheduleID("s\(count)"), job, first: now, at: now)
            for await signal in signals where signal == .schedules { break }
            #expect(try await one.agenda(of: ["work"], at: now).due.count == 1)
            let firing = ScheduleFiring(
                schedule: ScheduleID("s\(count)"), expected: now, due: now, next: now.advanced(by: .seconds(60)))
            #expect(try await two.fire([firing], at: now) != [.notDue])
            #expect(try await one.fire([firing], at: now) == [.notDue])
        }
        #expect(try await one.count(JobQuery()) == 2)
        observation.cancel()
        await one.close()
        await two.close()
    }

    @Test("S9 a slot of a shared limit that comes free wakes the worker of another store that waits for it")
    func freedSlot() async throws {
        let directory = try TemporaryDirectory()
        let (one, two) = try await pair(directory)
        let first = try await one.openWorker(lease: .seconds(60), at: HostTime(now))
        let second = try await two.openWorker(lease: .seconds(60), at: HostTime(now))
        let rules = AdmissionRules(
            types: ["work": 0], domains: [DomainRule(name: "")], otherGroups: GroupRule(limit: 1))
        for _ in 0..<2 { _ = try await one.submit(JobSubmission(type: "work", group: "g"), at: now) }
        let running = try await one.turn(
            finishing: [], claiming: ClaimRequest(worker: first, limit: 1, rules: rules), at: now
        ).claimed
        let request = ClaimRequest(worker: second, limit: 1, rules: rules)
        #expect(try await two.turn(finishing: [], claiming: request, at: now).claimed.isEmpty)

        let (signals, sender) = AsyncStream.makeStream(of: StoreSignal.self, bufferingPolicy: .unbounded)
        let observation = two.observe { sender.yield($0) }
        let end = Completion(
            id: JobID(1), attempt: 1, worker: first, end: .success(output: nil), startedAt: now, endedAt: now)
        #expect(running.map(\.id) == [JobID(1)])
        // A worker that shuts down claims nothing more.
        _ = try await one.turn(finishing: [end], claiming: nil, at: now)
        #expect(await signals.first { $0.isWork } != nil)
        #expect(try await two.turn(finishing: [], claiming: request, at: now).claimed.map(\.id) == [JobID(2)])
        observation.cancel()
        await one.close()
        await two.close()
    }

    @Test("L5 a worker of another store in a living process is not robbed before its lease has run out")
    func lives() async throws {
        let directory = try TemporaryDirectory()
        let (one, two) = try await pair(directory)
        let worker = try await one.openWorker(lease: .seconds(60), at: HostTime(now))
        _ = try await one.submit(JobSubmission(type: "work"), at: now)
        #expect(try await one.claim(for: worker).count == 1)
        #expect(try await two.recover(at: HostTime(now.advanced(by: .seconds(60))), maximumCrashes: 3) == [])
        let changes = try await two.recover(at: HostTime(now.advanced(by: .seconds(61))), maximumCrashes: 3)
        #expect(changes == [JobChange(id: JobID(1), type: "work", state: .pending)])
        #expect(try await one.job(JobID(1))?.crashes == 1)
        await one.close()
        await two.close()
    }

    @Test(
        "L5 a lease is judged by the uptime on the run of the host that it was renewed on, and elsewhere by the date",
        arguments: [("host = host", true), ("host = 'another'", false), ("boot = ''", false)])
    func sleeps(_ change: String, _ isSpared: Bool) async throws {
        let directory = try TemporaryDirectory()
        let (one, two) = try await pair(directory)
        let worker = try await one.openWorker(lease: .seconds(60), at: HostTime(now, uptime: .seconds(5)))
        _ = try await one.submit(JobSubmission(type: "work"), at: now)
        #expect(try await one.claim(for: worker).count == 1)
        let raw = try Connection(path: directory.database, access: .readWrite)
        try raw.execute("UPDATE worker SET \(change)")
        raw.close()
        let afterSleep = HostTime(now.advanced(by: .seconds(3600)), uptime: .seconds(65))
        #expect(try await two.recover(at: afterSleep, maximumCrashes: 3).isEmpty == isSpared)
        #expect(try await one.renewLease(of: worker, at: afterSleep).isHeld == isSpared)
        await one.close()
        await two.close()
    }

    @Test(
        "L4 jobs of a process that is gone are taken back at once; a host that went down is no crash",
        arguments: [("boot = 'another'", 0), ("pid = 2147483646", 1), ("process_start = 'another'", 1)])
    func dies(_ change: String, _ crashes: Int) async throws {
        let directory = try TemporaryDirectory()
        let (one, two) = try await pair(directory)
        let worker = try await one.openWorker(lease: .seconds(60), at: HostTime(now))
        _ = try await one.submit(JobSubmission(type: "work"), at: now)
        #expect(try await one.claim(for: worker).count == 1)
        await one.close()
        let raw = try Connection(path: directory.database, access: .readWrite)
        try raw.execute("UPDATE worker SET \(change)")
        raw.close()
        #expect(try await two.recover(at: HostTime(now), maximumCrashes: 3).map(\.state) == [.pending])
        #expect(try await two.job(JobID(1))?.crashes == crashes)
        #expect(try await two.attempts(of: JobID(1)).map(\.failure?.kind) == [.crashed])
        await two.close()
    }

    @Test(
        "ids are not given again when the newest jobs were deleted by another store, in any order",
        arguments: [[3], [3, 2], [2, 3], [3, 1, 2]])
    func ids(deleted: [Int64]) async throws {
        let directory = try TemporaryDirectory()
        let (one, two) = try await pair(directory)
        for _ in 0..<3 { _ = try await one.submit(JobSubmission(type: "work"), at: now) }
        for id in deleted {
            _ = try await two.cancel(JobID(id), at: now)
            #expect(try await two.deleteEnded(JobID(id)))
        }
        #expect(try await one.submit(JobSubmission(type: "work"), at: now) == .inserted(JobID(4)))
        await one.close()
        await two.close()
    }
}

extension StoreSignal {
    /// Whether it tells of something to claim.
    fileprivate var isWork: Bool { if case .work = self { true } else { false } }
}
