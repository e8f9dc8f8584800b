import QueueModel
import QueueStoreKit
import Testing

@testable import QueueDispatch

@Suite("Running jobs") struct RunningJobsTests {
    private var jobs = RunningJobs<StubJob>()

    @Test("D3 free slots are what the concurrency leaves, and never below zero")
    mutating func free() {
        #expect(jobs.freeSlots(of: 3) == 3)
        jobs.start(StubJob(1))
        jobs.start(StubJob(2))
        #expect(jobs.freeSlots(of: 5) == 3)
        #expect(jobs.freeSlots(of: 2) == 0)
        #expect(jobs.freeSlots(of: 1) == 0)
        #expect(jobs.count == 2)
    }

    @Test("D3 a job that has ended frees its slot")
    mutating func ended() {
        jobs.start(StubJob(1))
        jobs.end(StubJob(1))
        #expect(jobs.isEmpty)
        #expect(jobs.freeSlots(of: 1) == 1)
    }

    @Test("L3 an old execution of a job that was claimed again keeps a slot, and does not free the new one's")
    mutating func claimedAgain() {
        jobs.start(StubJob(1))
        jobs.start(StubJob(1, execution: 2))
        #expect(jobs.freeSlots(of: 2) == 0)
        jobs.end(StubJob(1))
        #expect(jobs.byID[JobID(1)]?.execution == 2)
        #expect(jobs.freeSlots(of: 2) == 1)
        jobs.end(StubJob(1, execution: 2))
        #expect(jobs.isEmpty)
        #expect(jobs.freeSlots(of: 2) == 2)
    }

    @Test("L3 of two executions of one job the new one may end first")
    mutating func newEndsFirst() {
        jobs.start(StubJob(1))
        jobs.start(StubJob(1, execution: 2))
        jobs.end(StubJob(1, execution: 2))
        #expect(jobs.isEmpty)
        #expect(jobs.freeSlots(of: 2) == 1)
        jobs.end(StubJob(1))
        #expect(jobs.freeSlots(of: 2) == 2)
    }

    @Test("D3 the end of a job that does not run here changes nothing")
    mutating func unknownEnd() {
        jobs.start(StubJob(1))
        jobs.end(StubJob(2))
        #expect(jobs.count == 1)
    }

    @Test("C8 jobs are listed in the order in which they were submitted")
    mutating func order() {
        for id in [3, 1, 2] as [Int64] { jobs.start(StubJob(id)) }
        #expect(jobs.sorted.map(\.id) == [JobID(1), JobID(2), JobID(3)])
    }

    @Test("E6 a request to stop is returned once, and only for what runs here")
    mutating func stopRequests() {
        jobs.requestStop(of: [JobID(2), JobID(1)])
        jobs.start(StubJob(1))
        #expect(jobs.takeStopRequests().map(\.id) == [JobID(1)])
        #expect(jobs.takeStopRequests().isEmpty)
    }

    @Test("E6 several requests to stop are returned in order, each once")
    mutating func manyStopRequests() {
        for id in 1...3 as ClosedRange<Int64> { jobs.start(StubJob(id)) }
        jobs.requestStop(of: [JobID(3), JobID(1)])
        jobs.requestStop(of: [JobID(1)])
        #expect(jobs.takeStopRequests().map(\.id) == [JobID(1), JobID(3)])
    }

    @Test("D7 the least urgent are preempted, of these the last started")
    mutating func victims() {
        jobs.start(StubJob(1, priority: .background, claimedAt: 10))
        jobs.start(StubJob(2, priority: .background, claimedAt: 20))
        jobs.start(StubJob(3, priority: .normal, claimedAt: 30))
        jobs.start(StubJob(4, priority: .realtime, claimedAt: 40))
        #expect(jobs.victims(for: 1, above: .realtime).map(\.id) == [JobID(2)])
        #expect(jobs.victims(for: 3, above: .realtime).map(\.id) == [JobID(2), JobID(1), JobID(3)])
        #expect(jobs.victims(for: 9, above: .realtime).count == 3)
    }

    @Test("D7 of jobs that are alike in all else the last submitted is preempted")
    mutating func victimsAlike() {
        jobs.start(StubJob(1, priority: .background))
        jobs.start(StubJob(2, priority: .background))
        #expect(jobs.victims(for: 1, above: .normal).map(\.id) == [JobID(2)])
    }

    @Test("D7 jobs that were preempted before and still run count, those that stop for another reason do not")
    mutating func victimsBefore() {
        jobs.start(StubJob(1, priority: .background, cancellation: .preempted))
        jobs.start(StubJob(2, priority: .background, cancellation: .timedOut))
        jobs.start(StubJob(3, priority: .background))
        #expect(jobs.victims(for: 1, above: .normal).isEmpty)
        #expect(jobs.victims(for: 2, above: .normal).map(\.id) == [JobID(3)])
        #expect(jobs.victims(for: 0, above: .normal).isEmpty)
    }

    @Test("E3 a watched job is returned once, at its deadline")
    mutating func expiry() {
        let job = StubJob(1, deadline: .seconds(5))
        jobs.start(job)
        jobs.watch(job)
        #expect(jobs.nextDeadline == .seconds(5))
        #expect(jobs.expire(at: .milliseconds(4999)).isEmpty)
        #expect(jobs.expire(at: .seconds(5)) == [job])
        #expect(jobs.expire(at: .seconds(6)).isEmpty)
        #expect(jobs.nextDeadline == nil)
    }

    @Test("E3 the first of several deadlines is the next")
    mutating func nextDeadline() {
        for (id, seconds) in [(1, 9), (2, 3), (3, 7)] as [(Int64, Int)] {
            let job = StubJob(id, deadline: .seconds(seconds))
            jobs.start(job)
            jobs.watch(job)
        }
        #expect(jobs.nextDeadline == .seconds(3))
        #expect(jobs.expire(at: .seconds(7)).map(\.id) == [JobID(2), JobID(3)])
        #expect(jobs.nextDeadline == .seconds(9))
    }

    @Test("E3 a job that has ended, or stops in any case, is watched no longer")
    mutating func forgotten() {
        let ended = StubJob(1, deadline: .seconds(5))
        let stopped = StubJob(2, cancellation: .cancelled, deadline: .seconds(5))
        jobs.start(ended)
        jobs.start(stopped)
        jobs.watch(ended)
        jobs.watch(stopped)
        jobs.end(ended)
        #expect(jobs.expire(at: .seconds(9)).isEmpty)
        #expect(jobs.nextDeadline == nil)
    }

    @Test("E3 a watched job without a deadline does not expire")
    mutating func noDeadline() {
        jobs.start(StubJob(1))
        jobs.watch(StubJob(1))
        #expect(jobs.nextDeadline == nil)
        #expect(jobs.expire(at: .seconds(1_000_000)).isEmpty)
    }

    @Test("E3 many turns without a pass of the loop do not collect the limits of jobs that have ended")
    mutating func bounded() {
        for id in 1...5000 as ClosedRange<Int64> {
            let job = StubJob(id, deadline: .seconds(id))
            jobs.start(job)
            jobs.watch(job)
            jobs.end(job)
        }
        // Those of the last thousand at most are left, and the first deadline among them.
        let next = jobs.nextDeadline
        #expect(next.map { $0 > .seconds(3000) } ?? true)
    }
}
