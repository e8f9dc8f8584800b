import Foundation
import QueueBackoff
import QueueDispatch
import QueueModel
import QueueTesting
import Synchronization
import Testing

@Suite("Blocking code") struct BlockingTests {
    struct Blocker: BlockingExecutor {
        var threadLimit = 64
        let body: @Sendable (Work, JobContext) throws -> Int

        func perform(_ job: Work, in context: JobContext) throws -> Int {
            try body(job, context)
        }
    }

    @Test("E7 more jobs block at once than Swift has threads, and other jobs go on meanwhile")
    func manyBlock() async throws {
        let count = 40
        let gate = ThreadGate()
        let queue = try Rig(concurrency: count + 1).queue {
            Blocker { _, _ in
                gate.block()
                return 1
            }
            OtherWorker()
        }
        let blocked = try await queue.submit(contentsOf: (0..<count).map { Work("\($0)") })
        try await whileRunning(queue) {
            await gate.arrivals(count)
            let other = try await queue.submit(Other()).id
            try await queue.expectEnd(of: other, .completed)
            gate.letGo(count)
            for outcome in blocked { try await queue.expectEnd(of: outcome.id, .completed) }
        }
        #expect(try await queue.job(blocked[0].id)?.output == Array("1".utf8))
    }

    @Test("E7 no more jobs block at once than the registration has threads; the others follow")
    func limit() async throws {
        let crowd = Crowd()
        let gate = ThreadGate()
        let queue = try Rig(concurrency: 8).queue {
            Blocker(threadLimit: 2) { _, _ in
                crowd.enter()
                gate.block()
                crowd.leave()
                return 0
            }
        }
        let all = try await queue.submit(contentsOf: (0..<6).map { Work("\($0)") })
        try await whileRunning(queue) {
            await gate.arrivals(2)
            gate.letGo(6)
            for outcome in all { try await queue.expectEnd(of: outcome.id, .completed) }
        }
        #expect(crowd.most() == 2)
    }

    @Test("E7 blocking code is asked to stop through its context and its task")
    func stops() async throws {
        let seen = Recorder<Bool>()
        let gate = ThreadGate()
        let queue = try Rig().queue {
            Blocker { _, context in
                gate.arrive()
                // As code does that looks from time to time.
                while context.cancellation == nil { sched_yield() }
                seen.append(Task.isCancelled)
                try context.checkCancellation()
                return 0
            }
        }
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            try await queue.cancel(id)
            try await queue.expectEnd(of: id, .cancelled)
        }
        #expect(seen.all == [true])
    }

    @Test("E7 blocking code that was asked to stop while it waited for a thread never begins")
    func cancelledWhileWaiting() async throws {
        let began = Recorder<String>()
        let gate = Gate()
        let queue = try Rig().queue {
            Worker { job, context in
                // As long as there was no thread.
                try? await gate.pass()
                let blocker = Blocker { job, _ in
                    began.append(job.name)
                    return 0
                }
                _ = try await blocker.execute(job, in: context)
            }
        }
        let id = try await queue.submit(Work()).id
        try await whileRunning(queue) {
            await gate.arrivals(1)
            try await queue.cancel(id)
            try await queue.expectEnd(of: id, .cancelled)
        }
        #expect(began.all.isEmpty)
    }

    @Test("E7 what blocking code throws counts as what any executor throws")
    func errors() async throws {
        let queue = try Rig().queue { Blocker { _, _ in throw JobError.permanent("no") } }
        let id = try await queue.submit(Work()).id
        try await queue.runUntilIdle()
        let job = try await queue.job(id)
        #expect(job?.state == .failed)
        #expect(job?.failure?.message == "no")
    }

    @Test("E7 a limit of threads below one is refused", arguments: [0, -1])
    func invalid(limit: Int) async {
        await expect(failing: .invalidOption) {
            try Rig().queue { Blocker(threadLimit: limit) { _, _ in 0 } }
        }
        await expect(failing: .invalidOption) { try BlockingThreads(limit: limit) }
        await expect(failing: .invalidOption) { try BlockingThreads(limit: 1, idleLimit: .seconds(-1)) }
    }

    @Test("E7 threads end when they have nothing to do, and others are made when there is work again")
    func idleThreadsEnd() async throws {
        let threads = try BlockingThreads(limit: 3, idleLimit: .zero)
        for _ in 0..<3 {
            let gate = ThreadGate()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask(executorPreference: threads) { gate.block() } }
                await gate.arrivals(3)
                #expect(threads.threadCount == 3)
                gate.letGo(3)
            }
            while threads.threadCount > 0 { await Task.yield() }
        }
    }

    @Test("E7 a thread that rests is used again")
    func threadsAreReused() async throws {
        let threads = try BlockingThreads(limit: 8, idleLimit: .seconds(100_000))
        for _ in 0..<100 {
            await Task(executorPreference: threads) {}.value
        }
        // The thread may not have come to rest when the next task comes, so a second one may be made, and so on; never one a task.
        #expect(threads.threadCount <= 8)
        #expect(threads.threadCount >= 1)
    }
}
