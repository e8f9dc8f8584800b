import QueueBackoff
import QueueDispatch
import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

/// A job in its third form: the first had a width alone, the second can't be translated.
private struct Picture: Job {
    static let type: JobType = "picture"
    static let aliases: [JobType] = ["photo"]
    static let version = 3
    var size: [Int]

    private struct First: Decodable { var width: Int }

    static func migrate(_ bytes: [UInt8], from version: Int, with coder: any PayloadCoder) throws -> Picture {
        guard version == 1 else { throw JobError.permanent("version \(version) was never released") }
        let old = try coder.decode(First.self, from: bytes)
        return Picture(size: [old.width, old.width])
    }
}

private struct PictureWorker: JobExecutor {
    var seen = Recorder<[Int]>()

    @concurrent func execute(_ job: Picture, in context: JobContext) async throws -> Int {
        seen.append(job.size)
        return job.size.count
    }
}

@Suite("Audits") struct AuditTests {
    private static let cases: [(String, Int, JobQueue.Audit.Problem?)] = [
        (#"{"size":[1,2]}"#, 3, nil), (#"{"width":5}"#, 1, nil),
        (#"{"size":[1,2]}"#, 4, .newerPayload), (#"{"size":[1,2]}"#, 2_147_483_647, .newerPayload),
        (#"{"size":[1,2]}"#, 2, .notMigratable), (#"{"width":"secret"}"#, 1, .notMigratable),
        (#"{"size":"secret"}"#, 3, .undecodable), ("secret", 3, .undecodable), ("", 3, .undecodable),
    ]

    private static func submission(_ place: Int, type: JobType = "picture") -> JobSubmission {
        let (payload, version, _) = cases[place]
        return JobSubmission(type: type, payload: Array(payload.utf8), payloadVersion: version)
    }

    @Test(
        "S10 what an audit finds is what fails for good when it is tried, with the payload as it was", arguments: 0..<9)
    func agreement(place: Int) async throws {
        let rig = Rig()
        let queue = try rig.queue { PictureWorker() }
        let submission = Self.submission(place)
        let id = try await rig.memory.submit(submission, at: rig.now).id
        let audit = try await queue.inspector.audit()
        #expect(audit.jobs == 1)
        #expect(audit.findings.map(\.problem) == Array([Self.cases[place].2].compactMap { $0 }))
        #expect(
            audit.findings.allSatisfy { $0.sample == [id] && $0.versions == Self.cases[place].1...Self.cases[place].1 })
        #expect(try await queue.job(id)?.state == .pending, "an audit changes nothing")
        try await queue.runUntilIdle()
        let record = try #require(try await queue.job(id))
        #expect(record.state == (audit.isClean ? .completed : .failed))
        #expect(record.failure?.kind == (audit.isClean ? nil : .undecodable))
        #expect(record.payload == submission.payload)
        #expect(record.payloadVersion == submission.payloadVersion)
        #expect(try await queue.inspector.audit() == JobQueue.Audit(), "ended jobs are of no concern")
    }

    @Test("S10 neither audits nor failures tell the payload that does not decode", arguments: 5..<9)
    func secrecy(place: Int) async throws {
        let rig = Rig()
        let queue = try rig.queue { PictureWorker() }
        let id = try await rig.memory.submit(Self.submission(place), at: rig.now).id
        let audit = try await queue.inspector.audit()
        try await queue.runUntilIdle()
        let texts = [audit.description, try await queue.job(id)?.failure?.message ?? "secret"]
        for text in texts { #expect(!text.contains("secret"), "\(text)") }
    }

    @Test("S10 a build that knows the version runs what an older one failed, submitted again")
    func upgrade() async throws {
        let rig = Rig()
        let old = try rig.queue { OldPictureWorker() }
        let new = try rig.queue { PictureWorker() }
        let id = try await new.submit(Picture(size: [1])).id
        try await old.runUntilIdle()
        let failure = try #require(try await old.job(id)?.failure)
        #expect(failure.message.contains("newerPayload"))
        #expect(failure.message.contains("version 3 of \"picture\", this build knows up to 2"))
        let again = try await new.resubmit(id).id
        try await new.runUntilIdle()
        #expect(try await new.job(again)?.state == .completed)
    }

    @Test("S10 a type without an executor is found with its jobs in every active state, and nothing of it is read")
    func unknown() async throws {
        let rig = Rig()
        let queue = try rig.queue {
            Domain("media") { ExecutorRegistration.submitting(Picture.self) }
            Worker()
        }
        var ids: [JobID] = []
        for number in 0..<30 as Range<Int64> {
            var submission = JobSubmission(type: "gone", payload: [255], payloadVersion: 9)
            if number % 3 == 0 { submission.runAfter = rig.now.advanced(by: .seconds(5)) }
            if number % 3 == 1, let first = ids.first { submission.dependencies = [.job(first)] }
            ids.append(try await rig.memory.submit(submission, at: rig.now).id)
        }
        try await queue.submit(Picture(size: []))
        try await queue.submit(Work())
        let audit = try await queue.inspector.audit(sampling: 4)
        #expect(audit.jobs == 32)
        let gone = try #require(audit.findings.first)
        #expect(gone.type == "gone")
        #expect(gone.problem == .noExecutor)
        #expect(gone.jobs == 30)
        #expect(gone.sample == Array(ids.prefix(4)))
        #expect(gone.versions == nil)
        #expect(gone.message == nil)
        #expect(audit.findings.dropFirst().map(\.type) == ["media.picture"])
        #expect(audit.description.contains("- gone: noExecutor, 30 jobs (#1, #2, #3, #4, …)"))
    }

    @Test("S10 an audit counts over all pages, keeps a bounded sample, and looks at the types that were asked for")
    func pages() async throws {
        let rig = Rig()
        let queue = try rig.queue {
            PictureWorker()
            Worker()
        }
        let batch = (0..<250).map {
            Self.submission($0.isMultiple(of: 2) ? 0 : 7, type: $0 % 4 == 1 ? "photo" : "picture")
        }
        let ids = try await rig.memory.submit(contentsOf: batch, at: rig.now).map(\.id)
        _ = try await rig.memory.submit(JobSubmission(type: "work", payload: []), at: rig.now)
        let audit = try await queue.inspector.audit(of: ["photo", "picture"], sampling: 3)
        #expect(audit.jobs == 250)
        #expect(audit.findings.map(\.type) == ["photo", "picture"])
        #expect(audit.findings.map(\.jobs) == [63, 62])
        #expect(audit.findings.map(\.sample) == [[ids[1], ids[5], ids[9]], [ids[3], ids[7], ids[11]]])
        #expect(try await queue.inspector.audit(of: ["photo"], sampling: 0).findings.map(\.sample) == [[]])
        #expect(try await queue.inspector.audit(of: ["nothing"]) == JobQueue.Audit())
        #expect(try await queue.inspector.audit().findings.map(\.type) == ["photo", "picture", "work"])
    }

    @Test("S10 schedules that would submit what can't be done are found before they are due")
    func schedules() async throws {
        let rig = Rig()
        let queue = try rig.queue { PictureWorker() }
        for (place, name) in ["good", "newer", "broken"].enumerated() {
            let job = RecurringJob(Self.submission([0, 2, 7][place]), .every(.seconds(60)))
            let later = rig.now.advanced(by: .seconds(60))
            _ = try await rig.memory.register(ScheduleID(name), job, first: later, at: rig.now)
        }
        let job = RecurringJob(JobSubmission(type: "gone"), .every(.seconds(60)))
        _ = try await rig.memory.register("unknown", job, first: rig.now, at: rig.now)
        let audit = try await queue.inspector.audit()
        #expect(audit.schedules == 4)
        #expect(audit.jobs == 0)
        #expect(audit.findings.map(\.problem) == [.noExecutor, .newerPayload, .undecodable])
        #expect(audit.findings.map(\.scheduleSample) == [["unknown"], ["newer"], ["broken"]])
        #expect(audit.findings.allSatisfy { $0.jobs == 0 && $0.schedules == 1 })
    }

    @Test("S10 a schedule whose template an older build has stored fires jobs that are migrated")
    func firing() async throws {
        let rig = Rig()
        let worker = PictureWorker()
        let queue = try rig.queue { worker }
        let job = RecurringJob(Self.submission(1), .every(.seconds(60)))
        _ = try await rig.memory.register("daily", job, first: rig.now, at: rig.now)
        try await queue.runUntilIdle()
        #expect(worker.seen.all == [[5, 5]])
        #expect(try await queue.jobs().jobs.map(\.payloadVersion) == [1])
    }

    @Test("S10 a job that is to finalize is found if what its execute returned does not decode")
    func memo() async throws {
        let rig = Rig()
        let worker = try await rig.memory.openWorker(lease: .seconds(100), at: HostTime(rig.now))
        let rules = AdmissionRules(types: ["picture": 0, "work": 0], domains: [DomainRule(name: "")])
        func claim() async throws -> JobRecord {
            let request = ClaimRequest(worker: worker, limit: 1, rules: rules)
            return try #require(try await rig.memory.turn(finishing: [], claiming: request, at: rig.now).claimed.first)
        }
        func end(_ job: JobRecord, _ output: String) async throws {
            let end = Completion(
                id: job.id, attempt: job.attempt, worker: worker, end: .success(output: Array(output.utf8)),
                startedAt: rig.now, endedAt: rig.now)
            _ = try await rig.memory.turn(finishing: [end], claiming: nil, at: rig.now)
        }
        let parent = try await rig.memory.submit(Self.submission(0), at: rig.now).id
        let first = try await claim()
        _ = try await rig.memory.submit(JobSubmission(type: "work", parent: parent), at: rig.now)
        try await end(first, "secret")
        try await end(try await claim(), "")
        let queue = try rig.queue { PictureWorker() }
        #expect(try await queue.job(parent)?.phase == .finalize)
        let audit = try await queue.inspector.audit()
        #expect(audit.findings.map(\.problem) == [.undecodable])
        #expect(audit.findings.map(\.sample) == [[parent]])
        #expect(!audit.description.contains("secret"))
    }

    @Test("S10 an audit ends when its task is cancelled")
    func cancelled() async throws {
        let queue = try Rig().queue { PictureWorker() }
        try await queue.submit(Picture(size: []))
        let audit = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await queue.inspector.audit()
        }
        await #expect(throws: CancellationError.self) { try await audit.value }
    }
}

/// The executor of the build before.
private struct OldPictureWorker: JobExecutor {
    struct Payload: Job {
        static let type: JobType = "picture"
        static let version = 2
        var size: [Int]
    }

    @concurrent func execute(_ job: Payload, in context: JobContext) async throws {}
}
