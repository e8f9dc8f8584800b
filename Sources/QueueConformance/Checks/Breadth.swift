import QueueModel
import QueueStoreKit
import Testing

enum BreadthChecks {
    /// Checks with ten thousand dependencies, dependents and children.
    ///
    /// An implementation that is quadratic or recursive does not finish these in the time of a test.
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D11 a chain of ten thousand fails as a whole") { scene in
            let ids = try await chain(in: scene)
            try await scene.run(ids[0], .failure(.permanent))
            #expect(try await scene.store.counts() == StateCounts([.failed: 1, .dependencyFailed: many - 1]))
        },
        ConformanceCheck("D11 cancelling a chain of ten thousand jobs stops at the job whose policy says so") {
            scene in
            let ids = try await chain(in: scene)
            let below = try await scene.add(.after(ids[many - 1], policy: .fail))
            let last = try await scene.add(.after(below))
            guard case .cancelled(let changes) = try await scene.store.cancel(ids[0], at: t(1)) else {
                Issue.record("it had not started")
                return
            }
            #expect(changes.count == many)
            try await scene.expect(below, is: .dependencyFailed)
            try await scene.expect(last, is: .blocked)
        },
        ConformanceCheck("D11 a chain whose links are submitted one by one runs to its end") { scene in
            var last = try await scene.add()
            for _ in 0..<999 { last = try await scene.add(.after(last)) }
            var running = try await scene.claim(1)
            while !running.isEmpty {
                running = try await scene.turn(finishing: running.map { .of($0) }, claiming: 2).claimed
                #expect(running.count <= 1, "each waits for the one before")
            }
            #expect(try await scene.store.counts() == StateCounts([.completed: 1000]))
        },
        ConformanceCheck("D11 ten thousand jobs that depend on one are unblocked together") { scene in
            let first = try await fanOut(in: scene)
            try await scene.run(first)
            #expect(try await scene.store.counts() == StateCounts([.completed: 1, .pending: many]))
        },
        ConformanceCheck("D11 ten thousand jobs that depend on one fail together") { scene in
            let first = try await fanOut(in: scene)
            let running = try await scene.claimOnly(first)
            let result = try await scene.turn(finishing: [.of(running, .failure(.permanent))])
            #expect(result.changes.count == many)
            #expect(try await scene.store.counts() == StateCounts([.failed: 1, .dependencyFailed: many]))
        },
        ConformanceCheck("D11 a job that depends on ten thousand waits for the last of them") { scene in
            let ids = try await crowd(in: scene)
            let last = try await scene.add(JobSubmission(type: "work", dependencies: ids.map { .job($0) }))
            #expect(try await scene.store.dependencies(of: last) == ids)
            let running = try await scene.claim(many)
            try await scene.turn(finishing: running.dropLast().map { .of($0) })
            try await scene.expect(last, is: .blocked)
            try await scene.turn(finishing: running.suffix(1).map { .of($0) }, at: t(3))
            try await scene.run(last, at: t(4))
            #expect(try await scene.store.dependencies(of: last) == ids, "and lists them still")
            #expect(try await scene.store.deleteEnded(last))
            #expect(try await scene.store.dependents(of: ids[many / 2]).isEmpty)
        },
        ConformanceCheck("D11 a job that depends on ten thousand waits for each of them, however it ends") { scene in
            let ids = try await crowd(in: scene)
            let last = try await scene.add(
                JobSubmission(type: "work", dependencies: ids.map { .job($0) }, dependencyPolicy: .ignore))
            let running = try await scene.claim(many)
            let ends: [Completion.End] = [.success(output: nil), .failure(.permanent), .deadLetter(.passing)]
            for (number, job) in running.prefix(12).enumerated() {
                try await scene.finish(job, ends[number % 3], at: t(3))
                try await scene.expect(last, is: .blocked)
            }
            try await scene.turn(finishing: running.dropFirst(12).map { .of($0, .failure(.permanent)) }, at: t(4))
            try await scene.run(last, at: t(5))
        },
        ConformanceCheck("D12 a parent waits for ten thousand children") { scene in
            let (parent, running, _) = try await scene.family(children: many)
            try await scene.finish(running)
            let claimed = try await scene.claim(many, at: t(3))
            try await scene.turn(finishing: claimed.dropLast().map { .of($0, at: t(4)) }, at: t(4))
            try await scene.expect(parent, is: .waiting)
            try await scene.turn(finishing: claimed.suffix(1).map { .of($0, at: t(5)) }, at: t(5))
            #expect(try await scene.claimOnly(parent, at: t(6)).phase == .finalize)
        },
        ConformanceCheck("D12 with fail-fast one failed child of ten thousand cancels all the others") { scene in
            let (parent, running, children) = try await scene.family(children: many)
            try await scene.finish(running)
            try await scene.run(children[0], .failure(.permanent), at: t(3))
            try await scene.expect(parent, is: .failed)
            #expect(try await scene.store.counts() == StateCounts([.failed: 2, .cancelled: many - 1]))
        },
        ConformanceCheck("D12 ten thousand running children that fail are each recorded, and fail their parent once") {
            scene in
            let (_, running, _) = try await scene.family(children: many)
            let claimed = try await scene.claim(many)
            // All had ended before the first was recorded.
            let ends = claimed.map { Completion.of($0, .failure(.permanent), at: t(2)) }
            try await scene.turn(finishing: ends, at: t(3))
            #expect(try await scene.finish(running, at: t(4)) == .recorded(.failed))
            #expect(try await scene.store.counts() == StateCounts([.failed: many + 1]))
        },
        ConformanceCheck("D12 cancelling a parent cancels its ten thousand children") { scene in
            let (parent, running, _) = try await scene.family(children: many)
            try await scene.finish(running)
            guard case .cancelled(let changes) = try await scene.store.cancel(parent, at: t(3)) else {
                Issue.record("it waits")
                return
            }
            #expect(changes.count == many)
            #expect(try await scene.store.counts() == StateCounts([.cancelled: many + 1]))
        },
        ConformanceCheck("D12 children that each depend on the one before can be spawned one by one") { scene in
            let (parent, running, _) = try await scene.family(children: 0)
            // A job waits for the parent, so that each child might close a cycle.
            let dependent = try await scene.add(.after(parent))
            var last = try await scene.add(.child(of: parent))
            for _ in 0..<999 {
                last = try await scene.add(JobSubmission(type: "work", dependencies: [.job(last)], parent: parent))
            }
            try await scene.finish(running)
            #expect(try await scene.store.counts() == StateCounts([.waiting: 1, .pending: 1, .blocked: 1000]))
            try await scene.refused(.dependencyCycle) {
                _ = try await scene.store.submit(
                    JobSubmission(type: "work", dependencies: [.job(last), .job(dependent)], parent: parent), at: t(1))
            }
        },
    ]

    private static let many = 10_000

    /// Returns a number of independent jobs.
    private static func crowd(in scene: Scene) async throws -> [JobID] {
        let batch = Array(repeating: JobSubmission(type: "work"), count: many)
        return try await scene.store.submit(contentsOf: batch, at: t(0)).map(\.id)
    }

    /// Returns a number of jobs, each depending on the one before.
    private static func chain(in scene: Scene) async throws -> [JobID] {
        let batch = (0..<many).map {
            JobSubmission(type: "work", dependencies: $0 == 0 ? [] : [.submission($0 - 1)])
        }
        return try await scene.store.submit(contentsOf: batch, at: t(0)).map(\.id)
    }

    /// Submits a job and a number of jobs that depend on it.
    private static func fanOut(in scene: Scene) async throws -> JobID {
        let first = try await scene.add()
        let batch = Array(repeating: JobSubmission.after(first), count: many)
        _ = try await scene.store.submit(contentsOf: batch, at: t(0))
        return first
    }
}
