import Foundation
import Millrace
import Synchronization
import Testing

/// The code of Documentation/PrioritiesAndFairness.md, run.
@Suite("Guide: priorities and fairness")
struct PrioritiesAndFairnessTests {
    struct Render: Job {
        static let type: JobType = "render"
        var name: String
        var seconds = 0
    }

    /// Notes what starts; a job takes as long as it says, by a clock that it moves itself.
    final class Renderer: JobExecutor {
        let clock: HandClock
        let crowd: Crowd?
        let started = Mutex<[String]>([])

        init(clock: HandClock = HandClock(), crowd: Crowd? = nil) {
            self.clock = clock
            self.crowd = crowd
        }

        var names: [String] { started.withLock { $0 } }

        func execute(_ job: Render, in context: JobContext) async throws {
            started.withLock { $0.append(job.name) }
            await crowd?.join()
            clock.advance(by: .seconds(job.seconds))
        }
    }

    private func queue(
        _ renderer: Renderer, concurrency: Int = 1, _ configure: (inout QueueConfiguration) -> Void = { _ in }
    ) async throws -> JobQueue {
        try await JobQueue(inMemory: concurrency) { configuration in
            configuration.wallClock = renderer.clock
            configure(&configuration)
        } domains: {
            renderer
        }
    }

    private func submit(_ count: Int, of group: String?, seconds: Int = 0, to queue: JobQueue) async throws {
        let jobs = (0..<count).map { _ in Render(name: group ?? "none", seconds: seconds) }
        try await queue.submit(contentsOf: jobs, SubmitOptions(group: group))
    }

    // MARK: Priorities

    @Test("S3 the lowest number comes first, and of one number the first submitted")
    func priorities() async throws {
        let renderer = Renderer()
        let queue = try await queue(renderer)
        let thumbnail = Render(name: "thumbnail")
        let film = Render(name: "film")
        let preview = Render(name: "preview")
        try await queue.submit(film, SubmitOptions(priority: .background))
        try await queue.submit(thumbnail)
        try await queue.submit(preview, SubmitOptions(priority: 100))
        #expect(try await queue.inspector.peek()?.priority == 100)
        try await queue.submit(thumbnail)
        try await queue.runUntilIdle()
        #expect(renderer.names == ["preview", "thumbnail", "thumbnail", "film"])
        await queue.close()
    }

    // MARK: Aging

    @Test("D5 a job that waits becomes more urgent")
    func aging() async throws {
        let renderer = Renderer()
        let queue = try await queue(renderer) { configuration in
            configuration.aging = AgingPolicy(grace: .seconds(60), interval: .seconds(10), ceiling: .high)
        }
        let film = try await queue.submit(Render(name: "film"), SubmitOptions(priority: .background)).id
        renderer.clock.advance(by: .seconds(710))
        try await queue.submit(Render(name: "thumbnail"))
        #expect(try await queue.explain(film).effectivePriority == 127)
        try await queue.runUntilIdle()
        #expect(renderer.names == ["film", "thumbnail"])
        await queue.close()
    }

    @Test("D5 the table of the guide is what the formula gives")
    func agingTable() throws {
        let policy = AgingPolicy(grace: .seconds(60), interval: .seconds(10), ceiling: .high)
        let rows = try Repository.text("Documentation/PrioritiesAndFairness.md").split(separator: "\n")
            .filter { $0.contains(" s | ") }
            .map { $0.split(whereSeparator: { !$0.isNumber }).compactMap { Int64($0) } }
        #expect(rows.count >= 5)
        for row in rows {
            let bases: [Priority] = [.idle, .background, .normal, .high]
            #expect(bases.map { Int64(policy.effective($0, waited: row[0] * 1000).rawValue) } == Array(row.dropFirst()))
        }
    }

    // MARK: Fair share

    @Test("D6 starts are in proportion to weights")
    func weights() async throws {
        let renderer = Renderer()
        let queue = try await queue(renderer) { configuration in
            configuration.fairShare = FairSharePolicy(groups: ["paying": FairSharePolicy.Share(weight: 3)])
        }
        try await submit(8, of: "free", to: queue)
        try await submit(8, of: "paying", to: queue)
        try await queue.runUntilIdle()
        #expect(renderer.names.prefix(8).count { $0 == "paying" } == 6)
        // Who has no more work leaves all to the others.
        #expect(renderer.names.suffix(4).allSatisfy { $0 == "free" })
        await queue.close()
    }

    @Test("D6 a group whose jobs are ten times as long starts a tenth as many")
    func lengths() async throws {
        let renderer = Renderer()
        let queue = try await queue(renderer) { configuration in
            configuration.fairShare = FairSharePolicy()
        }
        try await submit(10, of: "films", seconds: 600, to: queue)
        try await submit(100, of: "images", seconds: 60, to: queue)
        try await queue.runUntilIdle()
        #expect(renderer.names.prefix(55).count { $0 == "films" } == 5)
        await queue.close()
    }

    @Test(
        "D6 minimum slots come first, caps hold, and what is left is divided by weight",
        arguments: [
            (["mail", "import", "web"], ["mail": 2, "import": 5, "web": 1]),
            (["mail", "import"], ["mail": 3, "import": 5]),
            (["import", "web"], ["import": 5, "web": 3]),
            (["mail", "web"], ["mail": 4, "web": 4]),
            (["mail"], ["mail": 8]), (["import"], ["import": 5]),
        ])
    func slots(_ groups: [String], _ expected: [String: Int]) async throws {
        let slots = expected.values.reduce(0, +)
        // Nobody leaves before all have come, so the first to start are those that have slots at once.
        let renderer = Renderer(crowd: Crowd(of: slots))
        let queue = try await queue(renderer, concurrency: 8)
        let policy =
            FairSharePolicy(
                groups: [
                    "mail": FairSharePolicy.Share(minimumSlots: 2),
                    "import": FairSharePolicy.Share(weight: 4, maximumSlots: 5),
                ])
        try queue.limits.setFairShare(policy)
        for group in groups { try await submit(8, of: group, to: queue) }
        try await queue.runUntilIdle()
        #expect(Dictionary(grouping: renderer.names.prefix(slots)) { $0 }.mapValues(\.count) == expected)
        await queue.close()
    }

    @Test("D6 a job that has become urgent by waiting comes before all shares")
    func urgent() async throws {
        let renderer = Renderer()
        let queue = try await queue(renderer) { configuration in
            configuration.aging = AgingPolicy(grace: .seconds(60), interval: .seconds(10), ceiling: .high)
            configuration.fairShare = FairSharePolicy(
                groups: ["paying": FairSharePolicy.Share(weight: 100)], urgent: .high)
        }
        try await submit(3, of: "free", to: queue)
        renderer.clock.advance(by: .seconds(700))
        try await submit(3, of: "paying", to: queue)
        try await queue.runUntilIdle()
        #expect(renderer.names == ["free", "free", "free", "paying", "paying", "paying"])
        await queue.close()
    }

    // MARK: Preemption

    /// Films that take an hour each, and previews of no length.
    struct Encoder: JobExecutor {
        let started: Renderer

        func execute(_ job: Render, in context: JobContext) async throws {
            started.started.withLock { $0.append(job.name) }
            var scene = try context.checkpoint(as: Int.self) ?? 0
            while scene < job.seconds {
                scene += 1
                try await context.save(checkpoint: scene)
                if scene == 1 { try await context.clock.sleep(for: .seconds(3600)) }
            }
        }
    }

    @Test("D7 a realtime job sets the least urgent aside, which goes on where it was, and comes before all shares")
    func preemption() async throws {
        let renderer = Renderer()
        let queue = try await JobQueue(inMemory: 1) { configuration in
            configuration.wallClock = renderer.clock
            configuration.fairShare = FairSharePolicy()
            configuration.preemptsAt = .high
        } domains: {
            Encoder(started: renderer)
        }
        let film = try await queue.submit(Render(name: "film", seconds: 3), SubmitOptions(group: "a"))
        let events = queue.events(of: film.id, [.started, .attempts, .ended])
        async let run: Void = queue.runUntilIdle()
        var told: [JobEvent.Kind] = []
        var others: [JobID] = []
        for await event in events {
            told.append(event.kind)
            guard told.count == 1 else { continue }
            let outcomes = try await queue.submit(batch: [
                queue.submission(of: Render(name: "preview"), SubmitOptions(priority: .realtime, group: "a")),
                queue.submission(of: Render(name: "photo"), SubmitOptions(group: "b")),
            ])
            others = outcomes.map(\.id)
        }
        try await run
        #expect(told == [.started(attempt: 1), .preempted, .started(attempt: 2), .ended(.completed, nil)])
        #expect(renderer.names == ["film", "preview", "photo", "film"])
        #expect(try await queue.job(film.id)?.retries == 0)
        #expect(try await queue.inspector.attempts(of: film.id).map(\.failure?.kind) == [.interrupted, nil])
        // The slot that the film left went to no other.
        for id in others { #expect(try await queue.inspector.attempts(of: id).count == 1) }
        await queue.close()
    }
}
