import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum FinishingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("L1 a success completes the job with its output, times and bytes moved") { scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id, at: t(3))
            let completion = Completion(
                id: id, attempt: 1, worker: scene.worker, end: .success(output: [4, 5]), startedAt: t(4), endedAt: t(6),
                io: IOAmount(diskRead: 10, networkSent: 20))
            let result = try await scene.turn(finishing: [completion], at: t(7))
            #expect(result.outcomes == [.recorded(.completed)])
            let record = try await scene.record(id)
            #expect(record.state == .completed)
            #expect(record.output == [4, 5])
            #expect(record.startedAt == t(4))
            #expect(record.finishedAt == t(6))
            #expect(record.io == IOAmount(diskRead: 10, networkSent: 20))
            #expect(record.worker == running.worker)
            #expect(record.attempt == 1)
            #expect(
                try await scene.store.attempts(of: id) == [
                    JobRecord.Attempt(number: 1, worker: scene.worker, startedAt: t(4), endedAt: t(6), failure: nil)
                ], "the attempt has the executor's own times")
            #expect(record.retries == 0)
        },
        ConformanceCheck("L1 a missing output differs from an empty one") { scene in
            let ids = try await scene.add(count: 2)
            let running = try await scene.claim()
            try await scene.finish(running[0], .success(output: nil))
            try await scene.finish(running[1], .success(output: []))
            #expect(try await scene.record(ids[0]).output == nil)
            #expect(try await scene.record(ids[1]).output == [])
        },
        ConformanceCheck("L1 a large output is read back byte for byte") { scene in
            let id = try await scene.add()
            let output = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
            try await scene.run(id, .success(output: output))
            #expect(try await scene.record(id).output == output)
        },
        ConformanceCheck("L1 a failure ends the job as failed, with the reason") { scene in
            let id = try await scene.add()
            #expect(try await scene.run(id, .failure(.permanent)) == .recorded(.failed))
            let record = try await scene.record(id)
            #expect(record.state == .failed)
            #expect(record.failure == .permanent)
            #expect(record.finishedAt == t(2))
        },
        ConformanceCheck("E4 a dead letter ends the job as dead-lettered, with the reason") { scene in
            let id = try await scene.add()
            #expect(try await scene.run(id, .deadLetter(.passing)) == .recorded(.deadLettered))
            let record = try await scene.record(id)
            #expect(record.state == .deadLettered)
            #expect(record.failure == .passing)
        },
        ConformanceCheck("E6 a cancelled attempt ends the job as cancelled") { scene in
            let id = try await scene.add()
            #expect(try await scene.run(id, .cancelled(.stopped)) == .recorded(.cancelled))
            #expect(try await scene.record(id).failure == .stopped)
        },
        ConformanceCheck("E5 failures of every kind and message are read back unchanged") { scene in
            let texts = ["", "it's \"so\" %s", "日本語 👩‍👩‍👧‍👦", String(repeating: "x", count: JobFailure.messageBytes)]
            for raw in 0...8 as ClosedRange<UInt8> {
                let kind = try #require(JobFailure.Kind(rawValue: raw))
                for text in texts {
                    let id = try await scene.add()
                    try await scene.run(id, .failure(JobFailure(kind, text)))
                    #expect(try await scene.record(id).failure == JobFailure(kind, text))
                    #expect(try await scene.store.attempts(of: id).map(\.failure) == [JobFailure(kind, text)])
                }
            }
        },
        ConformanceCheck("L3 a completion of an older attempt is stale and changes nothing") { scene in
            let id = try await scene.add()
            let first = try await scene.claimOnly(id)
            try await scene.finish(first, .retry(at: t(2), .passing))
            let second = try await scene.claimOnly(id, at: t(3))
            #expect(second.attempt == 2)
            let before = try await scene.dump()
            #expect(try await scene.finish(first, .success(output: [1]), at: t(4)) == .stale)
            #expect(try await scene.dump().differences(from: before).isEmpty)
            #expect(try await scene.finish(second, at: t(5)) == .recorded(.completed))
        },
        ConformanceCheck("L3 a completion of a future attempt is stale") { scene in
            let id = try await scene.add()
            var running = try await scene.claimOnly(id)
            running.attempt = 2
            #expect(try await scene.finish(running) == .stale)
            try await scene.expect(id, is: .running)
        },
        ConformanceCheck("L3 a completion by another worker is stale") { scene in
            let id = try await scene.add()
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            var running = try await scene.claimOnly(id)
            running.worker = other
            #expect(try await scene.finish(running) == .stale)
            try await scene.expect(id, is: .running)
        },
        ConformanceCheck("I3 a second completion of the same attempt is stale, whatever the first was") { scene in
            let ends: [Completion.End] = [
                .success(output: nil), .failure(.permanent), .deadLetter(.passing), .cancelled(.stopped),
                .retry(at: t(900), .passing), .retryInPlace(.passing), .snooze(until: t(900)),
            ]
            for end in ends {
                let id = try await scene.add()
                let running = try await scene.claimOnly(id)
                try await scene.finish(running, end)
                let before = try await scene.dump()
                for second in ends {
                    #expect(try await scene.finish(running, second, at: t(3)) == .stale, "\(second) after \(end)")
                }
                #expect(try await scene.dump().differences(from: before).isEmpty)
            }
        },
        ConformanceCheck("I3 the first of two completions of one attempt in a turn counts") { scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            let result = try await scene.turn(
                finishing: [.of(running, .success(output: [1])), .of(running, .failure(.permanent))])
            #expect(result.outcomes == [.recorded(.completed), .stale])
            #expect(try await scene.record(id).output == [1])
        },
        ConformanceCheck("L3 a completion of a job that never existed, or that waits, is stale") { scene in
            let id = try await scene.add()
            var waiting = try await scene.record(id)
            waiting.worker = scene.worker
            #expect(try await scene.finish(waiting) == .stale)
            waiting.id = JobID(4711)
            #expect(try await scene.finish(waiting) == .stale)
            try await scene.expect(id, is: .pending)
        },
        ConformanceCheck("C3 one turn records completions of every kind, each with its outcome, in order") { scene in
            let ids = try await scene.add(count: 8)
            let running = try await scene.claim()
            let ends: [Completion.End] = [
                .success(output: nil), .retry(at: t(900), .passing), .failure(.permanent), .retryInPlace(.passing),
                .deadLetter(.passing), .snooze(until: t(901)), .cancelled(.stopped), .release(.interrupted),
            ]
            let states: [JobState] = [
                .completed, .pending, .failed, .running, .deadLettered, .pending, .cancelled, .pending,
            ]
            let result = try await scene.turn(finishing: zip(running, ends).map { .of($0, $1) })
            #expect(result.outcomes == states.map { .recorded($0) })
            for (id, state) in zip(ids, states) { try await scene.expect(id, is: state) }
        },
        ConformanceCheck("C2 a turn records its completions before it claims") { scene in
            let first = try await scene.add()
            let second = try await scene.add(.after(first))
            let running = try await scene.claimOnly(first)
            let result = try await scene.turn(finishing: [.of(running)], claiming: 5)
            #expect(result.claimed.map(\.id) == [second], "what a completion unblocks can be claimed in the same turn")
            #expect(result.changes.contains { $0.id == second && $0.cause == first })
        },
        ConformanceCheck("C3 all of a thousand completions in one turn are recorded") { scene in
            _ = try await scene.store.submit(
                contentsOf: (0..<1000).map { _ in JobSubmission(type: "work") }, at: t(0))
            let running = try await scene.claim(1000)
            let result = try await scene.turn(finishing: running.map { .of($0) })
            #expect(result.outcomes == Array(repeating: .recorded(.completed), count: 1000))
            #expect(try await scene.store.counts() == StateCounts([.completed: 1000]))
        },
        ConformanceCheck("E5 every attempt's number, worker, start, end and failure are kept") { scene in
            let id = try await scene.add()
            let first = try await scene.claimOnly(id, at: t(10))
            try await scene.finish(first, .retry(at: t(20), .passing), at: t(15))
            let other = try await scene.store.openWorker(lease: Scene.lease, at: HostTime(t(0)))
            let second = try await scene.claimOnly(id, by: other, at: t(20))
            #expect(
                try await scene.store.attempts(of: id) == [
                    JobRecord.Attempt(
                        number: 1, worker: scene.worker, startedAt: t(10), endedAt: t(15), failure: .passing),
                    JobRecord.Attempt(number: 2, worker: other, startedAt: t(20), endedAt: nil, failure: nil),
                ], "the second runs")
            try await scene.finish(second, at: t(30))
            #expect(
                try await scene.store.attempts(of: id) == [
                    JobRecord.Attempt(
                        number: 1, worker: scene.worker, startedAt: t(10), endedAt: t(15), failure: .passing),
                    JobRecord.Attempt(number: 2, worker: other, startedAt: t(20), endedAt: t(30), failure: nil),
                ], "the second has ended well")
        },
        ConformanceCheck("E5 a job that never started has no attempts, however it ended") { scene in
            let pending = try await scene.add()
            #expect(try await scene.store.attempts(of: pending).isEmpty)
            _ = try await scene.store.cancel(pending, at: t(1))
            #expect(try await scene.store.attempts(of: pending).isEmpty)
            let expiring = try await scene.add(JobSubmission(type: "work", expiresAt: t(5)))
            try await scene.turn(claiming: 1, at: t(6))
            try await scene.expect(expiring, is: .expired)
            #expect(try await scene.store.attempts(of: expiring).isEmpty)
            #expect(try await scene.store.attempts(of: JobID(99)).isEmpty)
        },
        ConformanceCheck("E5 a job that is cancelled between two attempts keeps the attempts that were made") { scene in
            let id = try await scene.add()
            try await scene.run(id, .retry(at: t(50), .passing))
            _ = try await scene.store.cancel(id, at: t(10))
            let attempts = try await scene.store.attempts(of: id)
            #expect(attempts.map(\.number) == [1])
            #expect(attempts.first?.endedAt == t(2), "the attempt ended when it did, not when the job was cancelled")
            #expect(attempts.first?.failure == .passing)
        },
        ConformanceCheck("E1 the next attempt gets the checkpoint, which can be replaced and removed") { scene in
            let id = try await scene.add()
            let first = try await scene.claimOnly(id)
            try await scene.store.saveCheckpoint([1], of: id, attempt: 1)
            try await scene.store.saveCheckpoint([2, 3], of: id, attempt: 1)
            try await scene.finish(first, .retry(at: t(2), .passing))
            #expect(try await scene.claimOnly(id, at: t(3)).checkpoint == [2, 3])
            try await scene.store.saveCheckpoint([], of: id, attempt: 2)
            #expect(try await scene.record(id).checkpoint == [], "empty is not none")
            try await scene.store.saveCheckpoint(nil, of: id, attempt: 2)
            #expect(try await scene.record(id).checkpoint == nil)
        },
        ConformanceCheck("L3 a checkpoint of an attempt that is not the current one is refused") { scene in
            let id = try await scene.add()
            try await scene.refused(.leaseLost) { try await scene.store.saveCheckpoint([1], of: id, attempt: 0) }
            let first = try await scene.claimOnly(id)
            try await scene.finish(first, .retry(at: t(2), .passing))
            try await scene.refused(.leaseLost) { try await scene.store.saveCheckpoint([1], of: id, attempt: 1) }
            let second = try await scene.claimOnly(id, at: t(3))
            try await scene.refused(.leaseLost) { try await scene.store.saveCheckpoint([1], of: id, attempt: 1) }
            try await scene.finish(second, at: t(4))
            try await scene.refused(.leaseLost) { try await scene.store.saveCheckpoint([1], of: id, attempt: 2) }
            try await scene.refused(.leaseLost) { try await scene.store.saveCheckpoint([1], of: JobID(99), attempt: 1) }
        },
        ConformanceCheck("E4 C3 retries in place and the end that follows are all recorded, in one batch or in several")
        {
            scene in
            for sizes in [[4], [1, 3], [3, 1], [2, 2], [1, 1, 1, 1]] {
                for (end, failure, state) in Self.endsOfFailure {
                    let id = try await scene.add()
                    let record = try await scene.claimOnly(id, at: t(1))
                    var completions = (0..<4).map { index in
                        var completion = Completion.of(record, index < 3 ? .retryInPlace(.passing) : end, at: t(3))
                        completion.attempt += index
                        completion.startedAt = t(Int64(10 + index))
                        completion.endedAt = t(Int64(11 + index))
                        return completion
                    }
                    var outcomes: [CompletionOutcome] = []
                    for size in sizes {
                        outcomes += try await scene.turn(finishing: Array(completions.prefix(size)), at: t(15)).outcomes
                        completions.removeFirst(size)
                    }
                    let running = CompletionOutcome.recorded(.running)
                    #expect(outcomes == [running, running, running, .recorded(state)], "\(end)")
                    let after = try await scene.record(id)
                    #expect(after.state == state && after.failure == failure, "\(end)")
                    #expect(after.attempt == (state == .running ? 5 : 4), "\(end)")
                    #expect(after.retries == (state.isTerminal ? 3 : 4), "\(end)")
                    let attempts = try await scene.store.attempts(of: id).filter { $0.endedAt != nil }
                    #expect(attempts.map(\.number) == [1, 2, 3, 4], "\(end)")
                    #expect(attempts.map(\.startedAt) == (10...13).map { t($0) }, "\(end)")
                    #expect(attempts.map { $0.failure?.kind } == [.retryable, .retryable, .retryable, failure.kind])
                    if !state.isTerminal { _ = try await scene.store.cancel(id, at: t(16)) }
                    if state == .running {
                        var last = Completion.of(record, .cancelled(.stopped), at: t(17))
                        last.attempt = 5
                        #expect(try await scene.turn(finishing: [last], at: t(17)).outcomes == [.recorded(.cancelled)])
                    }
                }
            }
        },
        ConformanceCheck("L3 retries in place of an older attempt change nothing") { scene in
            let id = try await scene.add()
            let record = try await scene.claimOnly(id)
            var stale = [
                Completion.of(record, .retryInPlace(.passing), at: t(2)), .of(record, .deadLetter(.passing), at: t(2)),
            ]
            stale[0].attempt += 1
            stale[1].attempt += 2
            #expect(try await scene.turn(finishing: stale, at: t(3)).outcomes == [.stale, .stale])
            try await scene.expect(id, is: .running)
            #expect(try await scene.finish(record) == .recorded(.completed))
        },
    ]

    /// The ends of four attempts, three of them retried in place, each with the state of the job that follows.
    private static let endsOfFailure: [(Completion.End, JobFailure, JobState)] = [
        (.deadLetter(.passing), .passing, .deadLettered), (.failure(.permanent), .permanent, .failed),
        (.retry(at: t(500), .passing), .passing, .pending), (.retryInPlace(.passing), .passing, .running),
    ]
}
