import Foundation
import Millrace
import QueueStoreKit
import Synchronization
import Testing

/// The code of Documentation/Dependencies.md, run.
@Suite("Guide: dependencies and children")
struct DependenciesTests {
    struct Step: Job {
        static let type: JobType = "step"
        var name: String
        var fails = false
    }

    final class Stepper: JobExecutor {
        let done = Mutex<[String]>([])

        func execute(_ job: Step, in context: JobContext) async throws {
            if job.fails { throw JobError.permanent("\(job.name) failed") }
            done.withLock { $0.append(job.name) }
        }
    }

    @Test("D11 a job waits for those that it depends on")
    func chain() async throws {
        let stepper = Stepper()
        let queue = try await JobQueue { stepper }
        let extract = Step(name: "extract")
        let load = Step(name: "load")
        let report = Step(name: "report")
        let loaded = try await queue.submit(batch: [
            queue.submission(of: load, SubmitOptions(dependencies: [.submission(1)])),
            queue.submission(of: extract),
        ])
        try await queue.submit(report, SubmitOptions(priority: .realtime, dependencies: loaded.map { .job($0.id) }))
        try await queue.runUntilIdle()
        #expect(stepper.done.withLock { $0 } == ["extract", "load", "report"])
        await queue.close()
    }

    @Test(
        "D11 a policy says what a failed dependency does",
        arguments: [
            (Dependency.Policy.cancel, [JobState.dependencyFailed, .dependencyFailed]),
            (.fail, [.dependencyFailed, .blocked]),
            (.ignore, [.completed, .completed]),
        ])
    func policies(_ policy: Dependency.Policy, _ states: [JobState]) async throws {
        let queue = try await JobQueue { Stepper() }
        let broken = try await queue.submit(Step(name: "broken", fails: true))
        let second = try await queue.submit(
            Step(name: "second"), SubmitOptions(dependencies: [.job(broken.id)], dependencyPolicy: policy))
        let third = try await queue.submit(
            Step(name: "third"), SubmitOptions(dependencies: [.job(second.id)], dependencyPolicy: policy))
        try await queue.runUntilIdle()
        #expect(try await queue.job(second.id)?.state == states[0])
        #expect(try await queue.job(third.id)?.state == states[1])
        await queue.close()
    }

    struct Chapter: Job {
        static let type: JobType = "chapter"
        var text: String
        var uniqueness: Uniqueness { .payload }
    }

    struct CountChapter: JobExecutor {
        func execute(_ job: Chapter, in context: JobContext) async throws -> Int {
            if job.text.isEmpty { throw JobError.permanent("an empty chapter") }
            return job.text.split(separator: " ").count
        }
    }

    struct Book: Job {
        static let type: JobType = "book"
        var chapters: [String]
    }

    struct CountBook: JobExecutor {
        func execute(_ job: Book, in context: JobContext) async throws -> Int {
            try await context.spawn(contentsOf: job.chapters.map { Chapter(text: $0) })
            return 0
        }

        func finalize(_ job: Book, output: Int, in context: JobContext) async throws -> Int {
            try await context.children(in: [.completed]).reduce(0) { $0 + (try context.output(of: $1) ?? 0) }
        }
    }

    @Test("D12 a parent is finalised when its children have ended")
    func children() async throws {
        let queue = try await JobQueue {
            CountBook()
            CountChapter()
        }
        let book = try await queue.submit(Book(chapters: ["It was", "a dark", "and stormy night"]))
        try await queue.runUntilIdle()
        let job = try #require(try await queue.job(book.id))
        #expect(job.state == .completed)
        #expect(try JSONCoder().decode(Int.self, from: job.output ?? []) == 7)
        await queue.close()
    }

    @Test("D12 a failed child fails its parent, unless told not to", arguments: [true, false])
    func failFast(_ failFast: Bool) async throws {
        let queue = try await JobQueue(inMemory: 1) {
            CountBook()
            CountChapter()
        }
        let book = try await queue.submit(Book(chapters: ["", "It was"]), SubmitOptions(failFast: failFast))
        try await queue.runUntilIdle()
        #expect(try await queue.job(book.id)?.state == (failFast ? .failed : .completed))
        let chapters = try await queue.jobs(JobQuery(parent: book.id, order: .oldestFirst)).jobs
        #expect(chapters.map(\.state) == [.failed, failFast ? .cancelled : .completed])
        await queue.close()
    }

    struct Import: Job {
        static let type: JobType = "import"
    }

    struct ImportAll: JobExecutor {
        func execute(_ job: Import, in context: JobContext) async throws {
            let extract = Chapter(text: "once upon")
            let load = Step(name: "load")
            try await context.spawn(batch: [
                context.submission(of: extract),
                context.submission(of: load, SubmitOptions(dependencies: [.submission(0)])),
            ])
        }
    }

    @Test("D12 children of a batch may be of several types and depend on each other")
    func batchOfChildren() async throws {
        let stepper = Stepper()
        let queue = try await JobQueue {
            ImportAll()
            CountChapter()
            stepper
        }
        let job = try await queue.submit(Import())
        try await queue.runUntilIdle()
        let children = try await queue.jobs(JobQuery(parent: job.id, order: .oldestFirst)).jobs
        #expect(children.map(\.type) == ["chapter", "step"])
        #expect(try await queue.store.dependencies(of: children[1].id) == [children[0].id])
        #expect(stepper.done.withLock { $0 } == ["load"])
        #expect(try await queue.job(job.id)?.state == .completed)
        await queue.close()
    }
}
