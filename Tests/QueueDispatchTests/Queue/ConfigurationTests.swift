import QueueBackoff
import QueueDispatch
import QueueModel
import QueueTesting
import Testing

@Suite("Configuration") struct ConfigurationTests {
    /// A change of the default configuration, and whether it is allowed.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let isAllowed: Bool
        let change: @Sendable (inout QueueConfiguration) -> Void

        static func good(_ name: String, _ change: @escaping @Sendable (inout QueueConfiguration) -> Void) -> Case {
            Case(testDescription: name, isAllowed: true, change: change)
        }

        static func bad(_ name: String, _ change: @escaping @Sendable (inout QueueConfiguration) -> Void) -> Case {
            Case(testDescription: name, isAllowed: false, change: change)
        }
    }

    private static let cases: [Case] = [
        .good("defaults") { _ in },
        .bad("concurrency 0") { $0.concurrency = 0 },
        .good("concurrency 1") { $0.concurrency = 1 },
        .bad("lease below 1 s") { $0.lease = .milliseconds(999) },
        .good("lease of 1 s") { $0.lease = .seconds(1) },
        .bad("no crash") { $0.maximumCrashes = 0 },
        .good("one crash") { $0.maximumCrashes = 1 },
        .bad("poll below 1 ms") { $0.pollInterval = .microseconds(999) },
        .good("poll of 1 ms") { $0.pollInterval = .milliseconds(1) },
        .bad("negative shutdown") { $0.shutdownTimeLimit = .nanoseconds(-1) },
        .good("shutdown at once") { $0.shutdownTimeLimit = .zero },
        .bad("negative hook") { $0.cancelHookTimeLimit = .nanoseconds(-1) },
        .good("no time for hooks") { $0.cancelHookTimeLimit = .zero },
        .bad("negative checkpoint limit") { $0.checkpointBytes = -1 },
        .bad("checkpoint limit above 1 GiB") { $0.checkpointBytes = 1 << 30 + 1 },
        .good("no checkpoints") { $0.checkpointBytes = 0 },
        .bad("fewer children than none") { $0.maximumChildren = -1 },
        .bad("children above 10 million") { $0.maximumChildren = 10_000_001 },
        .good("no children") { $0.maximumChildren = 0 },
        .bad("fewer generations than none") { $0.maximumDepth = -1 },
        .bad("generations above 1000") { $0.maximumDepth = 1001 },
        .good("1000 generations") { $0.maximumDepth = 1000 },
        .bad("negative payload limit") { $0.limits.payloadBytes = -1 },
        .bad("payload limit above 1 GiB") { $0.limits.payloadBytes = 1 << 30 + 1 },
        .good("payload limit of 1 GiB") { $0.limits.payloadBytes = 1 << 30 },
        .bad("negative group limit") { $0.groups["a"] = GroupRule(limit: -1) },
        .good("group limit 0") { $0.groups["a"] = GroupRule(limit: 0) },
        .bad("negative limit of others") { $0.otherGroups = GroupRule(limit: -1) },
        .good("limit 0 of others") { $0.otherGroups = GroupRule(limit: 0) },
        .bad("negative count of retention") { $0.retention = RetentionPolicy(maximumCount: -1) },
        .bad("negative age of retention") { $0.retention = RetentionPolicy(maximumAge: .seconds(-1)) },
        .good("nothing retained") { $0.retention = RetentionPolicy(maximumCount: 0, maximumAge: .zero) },
        .bad("empty batches") { $0.completions.maxBatch = 0 },
        .bad("nothing uncommitted") { $0.completions.maxUncommitted = 0 },
        .bad("no delay of a batch") { $0.completions.retryDelay.initial = .zero },
        .bad("longest delay of a batch below the first") { $0.completions.retryDelay.maximum = .milliseconds(4) },
        .good("one delay for all batches") {
            $0.completions.retryDelay = .init(initial: .seconds(9), maximum: .seconds(9))
        },
        .bad("no delay of a call to the store") { $0.storeRetryDelay.initial = .zero },
        .bad("longest delay of a call below the first") { $0.storeRetryDelay.maximum = .milliseconds(4) },
    ]

    @Test("C9 each setting has its range", arguments: cases)
    func ranges(_ each: Case) {
        var rig = Rig()
        each.change(&rig.configuration)
        do throws(QueueError) {
            _ = try rig.queue { Worker() }
            #expect(each.isAllowed)
        } catch {
            #expect(!each.isAllowed)
            #expect(error.code == .invalidOption)
        }
    }

    @Test("C9 a setting without an upper end may be as large as it likes, on a real clock too")
    func hugeSettings() async throws {
        let forEver = Duration.seconds(Int64.max)
        var configuration = QueueConfiguration.test(concurrency: .max)
        configuration.clock = ContinuousClock()
        configuration.lease = forEver
        configuration.pollInterval = forEver
        configuration.progressInterval = forEver
        configuration.shutdownTimeLimit = forEver
        configuration.cancelHookTimeLimit = forEver
        configuration.expiryInterval = forEver
        configuration.loadInterval = forEver
        configuration.maximumCrashes = .max
        configuration.retention = RetentionPolicy(maximumCount: .max, maximumAge: forEver)
        configuration.completions.maxBatch = .max
        configuration.completions.maxUncommitted = .max
        configuration.completions.retryDelay = .init(initial: forEver, maximum: forEver)
        configuration.storeRetryDelay = .init(initial: forEver, maximum: forEver)
        let gate = Gate()
        let queue = try JobQueue(store: MemoryJobStore(), configuration: configuration) {
            Worker { job, _ in if job.name == "waits" { try await gate.pass() } }
        }
        let options = SubmitOptions(
            retry: .constant(forEver, retries: .max), timeout: forEver, timeToLive: forEver)
        let events = queue.events(bufferSize: .max)
        let done = try await queue.submit(Work(), options).id
        let later = try await queue.submit(Work(), SubmitOptions(runAfter: .delay(forEver))).id
        let stopped = try await queue.submit(Work("waits"), options).id
        try await whileRunning(queue) {
            try await queue.expectEnd(of: done, .completed)
            await gate.arrivals(1)
            try await queue.cancel(stopped)
            try await queue.expectEnd(of: stopped, .cancelled)
            #expect(try await queue.job(later)?.state == .pending)
        }
        await queue.close()
        #expect(await events.kinds().contains(.queueStopped))
    }

    @Test("S7 a group's name has its limits in the configuration, too", arguments: ["", "a\0"])
    func groupNames(name: String) {
        var rig = Rig()
        rig.configuration.groups[name] = GroupRule(limit: 1)
        let error = #expect(throws: QueueError.self) { try rig.queue { Worker() } }
        #expect(error?.code == .invalidText)
    }

    @Test("D3 limits that are changed at run time have the same ranges")
    func runTimeLimits() async throws {
        let queue = try Rig().queue { Domain("media") { Worker() } }
        await expect(failing: .invalidOption) { try queue.limits.setConcurrency(0) }
        await expect(failing: .invalidOption) { try queue.limits.setConcurrency(0, ofDomain: "media") }
        await expect(failing: .invalidOption) { try queue.limits.setConcurrency(1, ofDomain: "audio") }
        await expect(failing: .invalidOption) { try queue.limits.setRule(GroupRule(limit: -1), ofGroup: "a") }
        await expect(failing: .invalidText) { try queue.limits.setRule(nil, ofGroup: "") }
        await expect(failing: .invalidText) { try await queue.pause(.queue, reason: "") }
        try queue.limits.setConcurrency(1)
        try queue.limits.setConcurrency(nil, ofDomain: "media")
        try queue.limits.setRule(GroupRule(limit: 0), ofGroup: "a")
    }
}
