import QueueModel
import QueueStoreKit

/// A fixed sequence of steps, each of which changes the file in one transaction at most.
package struct Script: Sendable {
    /// Its name on the command line.
    package let name: String
    /// The steps, in order.
    package let steps: [Step]

    /// Creates a script.
    package init(name: String, steps: [Step]) {
        self.name = name
        self.steps = steps
    }

    /// All scripts.
    package static let all = [life, room]

    /// The calls of a queue to its store in one life.
    package static let life = Script(
        name: "life", steps: opening + submitting + working + family + steering + recurring + looking + sharing)

    /// A queue whose jobs take much room, which is given back when they are deleted.
    package static let room = Script(name: "room", steps: filling)
}

// MARK: - Life

extension Script {
    private static let opening: [Step] = [
        .call("open a worker") { store, scene throws(QueueError) in
            scene.worker = try await store.openWorker(lease: .seconds(600), at: HostTime(scene.now))
            return "\(scene.worker)"
        }
    ]

    private static let submitting: [Step] = [
        submit("a plain job", JobSubmission(type: "m.a", payload: [1, 2, 3])),
        submit(
            "a job with all there is",
            JobSubmission(
                type: "n.b", payload: Array(repeating: 7, count: 300), priority: .high, group: "g", key: .text("k"),
                label: "label", tags: [Tag("t", "1"), Tag("u", "2")], expectedIO: IOAmount(diskRead: 20))),
        submit("its duplicate", JobSubmission(type: "n.b", key: .text("k"))),
        submit("what takes its place", JobSubmission(type: "n.b", key: .text("k"), onDuplicate: .supersede)),
        submit("a job of many pages", JobSubmission(type: "m.a", payload: Array(repeating: 9, count: 20_000))),
        .call("submit a plain batch") { store, scene throws(QueueError) in
            let batch = (0..<12).map { JobSubmission(type: "m.a", payload: [$0], group: $0 % 2 == 0 ? "g" : nil) }
            return "\(try await store.submit(contentsOf: batch, at: scene.now))"
        },
        .call("submit a batch that hangs together") { store, scene throws(QueueError) in
            let batch = [
                JobSubmission(type: "n.b", key: .text("one")),
                JobSubmission(type: "n.b", dependencies: [.submission(0)]),
                JobSubmission(type: "n.b", key: .text("one")),
                JobSubmission(type: "n.b", dependencies: [.submission(1), .job(JobID(1))]),
                JobSubmission(type: "m.a", tags: [Tag("t", "3")], runAfter: scene.now.advanced(by: .seconds(30))),
                JobSubmission(type: "m.a", expiresAt: scene.now.advanced(by: .seconds(40))),
            ]
            return "\(try await store.submit(contentsOf: batch, at: scene.now))"
        },
        .call("submit a batch that is refused") { store, scene throws(QueueError) in
            let batch = [JobSubmission(type: "m.a"), JobSubmission(type: "m.a", dependencies: [.job(JobID(9999))])]
            do throws(QueueError) {
                return "\(try await store.submit(contentsOf: batch, at: scene.now))"
            } catch {
                // Errors of the file are not the step's to answer for.
                if error.code != .unknownDependency { throw error }
                return "\(error.code)"
            }
        },
    ]

    private static let working: [Step] = [
        turn("claim", claiming: 6),
        .call("save a checkpoint") { store, scene throws(QueueError) in
            let record = scene.running[0]
            try await store.saveCheckpoint([1, 2, 3], of: record.id, attempt: record.attempt)
            return "saved"
        },
        turn(
            "end attempts in every way, and claim",
            [
                .success(output: [1]), .success(output: nil), .retry(at: later, failure), .deadLetter(failure),
                .failure(JobFailure(.permanent, "there is no such thing")), .snooze(until: later),
            ], claiming: 4),
        turn("end plain jobs", [.success(output: nil), .success(output: nil), .success(output: nil)]),
        turn("give one back", [.release(JobFailure(.interrupted, "interrupted"))]),
        .call("what is stale changes nothing") { store, scene throws(QueueError) in
            let completion = Completion(
                id: JobID(1), attempt: 0, worker: scene.worker, end: .success(output: nil), startedAt: scene.now,
                endedAt: scene.now)
            return "\(try await store.turn(finishing: [completion], claiming: nil, at: scene.now).outcomes)"
        },
    ]

    private static let family: [Step] = [
        submit("a parent", JobSubmission(type: "m.a", priority: .realtime)),
        turn("claim the parent", claiming: 1),
        .call("spawn children") { store, scene throws(QueueError) in
            let parent = scene.running[0].id
            let batch = (0..<2).map { _ in JobSubmission(type: "m.a", priority: .realtime, parent: parent) }
            return "\(try await store.submit(contentsOf: batch, at: scene.now))"
        },
        turn("the parent waits", [.success(output: [4])], claiming: 2),
        turn(
            "the children end, and the parent comes back", [.success(output: nil), .success(output: nil)], claiming: 1),
        turn("the parent ends", [.success(output: nil)]),
        .reopen,
    ]

    private static let steering: [Step] = [
        .call("pause a group") { store, scene throws(QueueError) in
            try await store.pause(Pause(.group("g"), reason: "night"), at: scene.now)
            return "paused"
        },
        .call("pause a domain for a while") { store, scene throws(QueueError) in
            try await store.pause(Pause(.domain("n"), until: scene.now.advanced(by: .seconds(9))), at: scene.now)
            return "paused"
        },
        turn("claim past what is held", claiming: 2),
        .call("resume") { store, scene throws(QueueError) in
            "\(try await store.resume(.group("g"), reason: nil, at: scene.now))"
        },
        .call("cancel what waits") { store, scene throws(QueueError) in
            guard case .cancelled(let changes) = try await store.cancel(JobID(20), at: scene.now) else { return "?" }
            return say(changes)
        },
        .call("cancel what runs") { store, scene throws(QueueError) in
            "\(try await store.cancel(scene.running[0].id, at: scene.now))"
        },
        turn("it stops", [.cancelled(JobFailure(.cancelled, "stopped"))]),
        .call("resubmit a dead letter") { store, scene throws(QueueError) in
            let letters = try await store.ids(JobQuery(states: [.deadLettered]))
            return "\(letters.ids) \(try await store.resubmit(letters.ids[0], at: scene.now))"
        },
        bulk("another priority", .setPriority(.high), JobQuery(types: ["n.b"])),
        bulk("another group", .move(toGroup: "h"), JobQuery(group: "g")),
        bulk("cancel many", .cancel, JobQuery(tags: [Tag("t", "3")])),
        .call("expire") { store, scene throws(QueueError) in
            scene.pass(60)
            return say(try await store.expire(limit: 10, at: scene.now).changes)
        },
        .call("renew the lease") { store, scene throws(QueueError) in
            "\(try await store.renewLease(of: scene.worker, at: HostTime(scene.now)))"
        },
        .crash,
        .flush,
    ]

    private static let recurring: [Step] = [
        .call("register a schedule") { store, scene throws(QueueError) in
            let job = RecurringJob(JobSubmission(type: "m.a", payload: [5]), .every(.seconds(10)))
            return "\(try await store.register("clock", job, first: scene.now, at: scene.now))"
        },
        .call("fire") { store, scene throws(QueueError) in
            let firing = ScheduleFiring(
                schedule: "clock", expected: scene.now, due: scene.now, next: scene.now.advanced(by: .seconds(10)))
            return "\(try await store.fire([firing], at: scene.now))"
        },
        .call("pause the schedule") { store, scene throws(QueueError) in
            "\(try await store.setPaused(true, schedule: "clock", at: scene.now))"
        },
        .call("resume the schedule") { store, scene throws(QueueError) in
            "\(try await store.setPaused(false, schedule: "clock", at: scene.now))"
        },
        .call("remove the schedule with its job") { store, scene throws(QueueError) in
            "\(try await store.remove(schedule: "clock", cancellingJob: true, at: scene.now).schedule)"
        },
    ]

    private static let looking: [Step] = [
        .call("look at jobs") { store, _ throws(QueueError) in
            let page = try await store.jobs(JobQuery(order: .oldestFirst, limit: 10))
            let counts = try await store.counts()
            let values = try await store.tags(.values(of: "t", after: nil), limit: 10)
            return "\(page.jobs.map(\.id)) \(counts.active) \(counts.terminal) \(values)"
        },
        .call("peek and explain") { store, scene throws(QueueError) in
            let first = try await store.peek(.script, worker: scene.worker, at: scene.now)
            let holds = try await store.explain(JobID(6), .script, worker: scene.worker, at: scene.now)
            return "\(String(describing: first?.id)) \(holds?.obstacles ?? [])"
        },
        .backup,
    ]

    private static let sharing: [Step] = [
        .openSecond,
        submit("on the second store", JobSubmission(type: "m.a", payload: [6], priority: .high), onSecond: true),
        turn("the first one claims it", claiming: 2),
        .call("open a worker on the second store", onSecond: true) { store, scene throws(QueueError) in
            "\(try await store.openWorker(lease: .seconds(60), at: HostTime(scene.now)))"
        },
        .call("close it", onSecond: true) { store, scene throws(QueueError) in
            try await store.closeWorker(WorkerID(rawValue: scene.worker.rawValue + 1), at: scene.now)
            return "closed"
        },
        submit("on the first store", JobSubmission(type: "m.a")),
        .closeSecond,
        .call("open a worker when the lease of the first one has run out") { store, scene throws(QueueError) in
            scene.pass(6000)
            scene.worker = try await store.openWorker(lease: .seconds(60), at: HostTime(scene.now))
            scene.running = []
            return "\(scene.worker)"
        },
        .call("recover what the first one has left") { store, scene throws(QueueError) in
            say(try await store.recover(at: HostTime(scene.now), maximumCrashes: 3))
        },
        turn("claim it", claiming: 2),
        .call("close the worker") { store, scene throws(QueueError) in
            try await store.closeWorker(scene.worker, at: scene.now)
            scene.running = []
            return "closed"
        },
        .call("delete by age and number") { store, scene throws(QueueError) in
            "\(try await store.prune(RetentionPolicy(maximumCount: 3), limit: 100, at: scene.now))"
        },
        .call("delete one") { store, _ throws(QueueError) in
            let ended = try await store.ids(JobQuery(states: JobState.terminal, order: .oldestFirst))
            return "\(ended.ids) \(try await store.deleteEnded(ended.ids[0]))"
        },
        .reopen,
        submit("the last one", JobSubmission(type: "m.a")),
    ]
}

// MARK: - Room

extension Script {
    private static let filling: [Step] =
        (1...4).map { number in
            submit(
                "a large job \(number)", JobSubmission(type: "m.a", payload: Array(repeating: number, count: 400_000)))
        } + [
            bulk("cancel all", .cancel, JobQuery()),
            .call("delete all") { store, scene throws(QueueError) in
                "\(try await store.prune(RetentionPolicy(maximumCount: 0), limit: 100, at: scene.now))"
            },
            submit("a small job", JobSubmission(type: "m.a")),
            .call("give pages back") { store, scene throws(QueueError) in
                "\(try await store.prune(RetentionPolicy(maximumCount: 0), limit: 100, at: scene.now))"
            },
            .reopen,
        ]
}

// MARK: - Words

extension Script {
    private static let later = Timestamp(milliseconds: 1_700_000_003_000)
    private static let failure = JobFailure(.retryable, "the other side did not answer")

    private static func submit(_ name: String, _ submission: JobSubmission, onSecond: Bool = false) -> Step {
        .call("submit \(name)", onSecond: onSecond) { store, scene throws(QueueError) in
            let outcome = try await store.submit(submission, at: scene.now)
            return "\(outcome)"
        }
    }

    private static func turn(_ name: String, _ ends: [Completion.End] = [], claiming limit: Int? = nil) -> Step {
        .call(name) { store, scene throws(QueueError) in
            scene.pass(1)
            return try await scene.turn(ends, claiming: limit, on: store)
        }
    }

    private static func bulk(_ name: String, _ action: BulkAction, _ query: JobQuery) -> Step {
        .call(name) { store, scene throws(QueueError) in
            let step = try await store.apply(action, to: query, from: nil, limit: 100, at: scene.now)
            return "\(step.changed) \(step.requested) \(say(step.changes))"
        }
    }
}
