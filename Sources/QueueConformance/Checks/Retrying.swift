import QueueModel
import QueueStoreKit
import Testing

enum RetryingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("E4 a retry is counted, waits for its instant, and keeps id, priority and key") { scene in
            let id = try await scene.add(.keyed("k", priority: .high))
            #expect(try await scene.run(id, .retry(at: t(10), .passing)) == .recorded(.pending))
            let record = try await scene.record(id)
            #expect(record.retries == 1)
            #expect(record.attempt == 1)
            #expect(record.runAfter == t(10))
            #expect(record.priority == .high)
            #expect(record.failure == .passing)
            #expect(record.finishedAt == nil)
            #expect(try await scene.store.submit(.keyed("k", priority: .high), at: t(3)) == .duplicate(of: id))
            #expect(try await scene.claim(at: t(9)).isEmpty)
            #expect(try await scene.claimOnly(id, at: t(10)).attempt == 2)
        },
        ConformanceCheck("E4 the delay of a retry is recorded with the next attempt, and no later one") {
            scene in
            let id = try await scene.add()
            #expect(try await scene.record(id).retryDelay == nil)
            try await scene.run(id, .retry(at: t(10), .passing), at: t(2))
            #expect(try await scene.record(id).retryDelay == .seconds(8))
            let second = try await scene.claimOnly(id, at: t(10))
            #expect(second.retryDelay == .seconds(8), "the attempt itself can see it")
            try await scene.finish(second, .snooze(until: t(20)), at: t(11))
            #expect(try await scene.record(id).retryDelay == nil)
            try await scene.run(id, .retry(at: t(5), .passing), at: t(21))
            #expect(try await scene.record(id).retryDelay == .zero, "a start that has passed is no delay")
        },
        ConformanceCheck("E4 a retried job returns to its place in the order") { scene in
            let ids = try await scene.add(count: 3)
            let first = try await scene.claimOnly(ids[0])
            try await scene.finish(first, .retry(at: t(2), .passing))
            #expect(try await scene.claim(at: t(2)).map(\.id) == ids)
        },
        ConformanceCheck("E4 a retry that is due immediately can be claimed in the same turn") { scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            let result = try await scene.turn(
                finishing: [.of(running, .retry(at: t(2), .passing))], claiming: 1, at: t(2))
            #expect(result.outcomes == [.recorded(.pending)])
            #expect(result.claimed.map(\.id) == [id])
            #expect(result.claimed.first?.attempt == 2)
        },
        ConformanceCheck(
            "E4 a retry in place increments attempt and retries, and the job keeps running under its worker"
        ) {
            scene in
            let id = try await scene.add()
            let first = try await scene.claimOnly(id)
            #expect(try await scene.finish(first, .retryInPlace(.passing)) == .recorded(.running))
            var record = try await scene.record(id)
            #expect(record.state == .running)
            #expect(record.attempt == 2)
            #expect(record.retries == 1)
            #expect(record.worker == scene.worker)
            #expect(try await scene.claim(at: t(3)).isEmpty, "nobody else can have it")
            #expect(try await scene.finish(first, at: t(3)) == .stale)
            #expect(try await scene.finish(record, at: t(4)) == .recorded(.completed))
            record = try await scene.record(id)
            #expect(record.retries == 1)
            #expect(try await scene.store.attempts(of: id).map(\.number) == [1, 2])
            #expect(try await scene.store.attempts(of: id).map(\.failure) == [.passing, nil])
        },
        ConformanceCheck("E4 retries in place and the final end can be recorded in one turn") { scene in
            let id = try await scene.add()
            var running = try await scene.claimOnly(id)
            let first = Completion.of(running, .retryInPlace(.passing), at: t(2))
            running.attempt = 2
            let second = Completion.of(running, .retryInPlace(.passing), at: t(3))
            running.attempt = 3
            let third = Completion.of(running, .success(output: [1]), at: t(4))
            let result = try await scene.turn(finishing: [first, second, third], at: t(5))
            #expect(result.outcomes == [.recorded(.running), .recorded(.running), .recorded(.completed)])
            let record = try await scene.record(id)
            #expect(record.attempt == 3)
            #expect(record.retries == 2)
            #expect(try await scene.store.attempts(of: id).count == 3)
        },
        ConformanceCheck("E2 a snoozed job waits for its instant, and counts no failure") { scene in
            let id = try await scene.add()
            #expect(try await scene.run(id, .snooze(until: t(30))) == .recorded(.pending))
            let record = try await scene.record(id)
            #expect(record.retries == 0)
            #expect(record.runAfter == t(30))
            #expect(try await scene.claim(at: t(29)).isEmpty)
            #expect(try await scene.claimOnly(id, at: t(30)).attempt == 2, "a claim is a new lease all the same")
        },
        ConformanceCheck("E5 a snoozed attempt is recorded as such") { scene in
            let id = try await scene.add()
            try await scene.run(id, .snooze(until: t(30)))
            let attempts = try await scene.store.attempts(of: id)
            #expect(attempts.map(\.number) == [1])
            #expect(attempts.first?.endedAt == t(2))
            #expect(attempts.first?.failure?.kind == .snoozed)
        },
        ConformanceCheck("E2 a released job is back in its place immediately, and nothing is counted") { scene in
            let ids = try await scene.add(count: 2)
            let first = try await scene.claimOnly(ids[0])
            #expect(try await scene.finish(first, .release(.interrupted)) == .recorded(.pending))
            let record = try await scene.record(ids[0])
            #expect(record.retries == 0)
            #expect(record.crashes == 0)
            #expect(try await scene.store.attempts(of: ids[0]).first?.failure == .interrupted)
            #expect(try await scene.claim(at: t(3)).map(\.id) == ids)
        },
        ConformanceCheck("E4 retries and attempts add up over many rounds") { scene in
            let id = try await scene.add()
            for round in 1...20 {
                let running = try await scene.claimOnly(id, at: t(Int64(round)))
                #expect(running.attempt == round)
                #expect(running.retries == round - 1)
                try await scene.finish(running, .retry(at: t(Int64(round + 1)), .passing), at: t(Int64(round)))
            }
            #expect(try await scene.store.attempts(of: id).map(\.number) == Array(1...20))
        },
        ConformanceCheck("E4 an attempt that succeeds after failures has no failure of its own") { scene in
            let id = try await scene.add()
            try await scene.run(id, .retry(at: t(2), .passing), at: t(2))
            try await scene.run(id, at: t(3))
            #expect(try await scene.store.attempts(of: id).map(\.failure) == [.passing, nil])
            #expect(try await scene.record(id).retries == 1)
        },
        ConformanceCheck("D1 a retried job keeps everything it was submitted with") { scene in
            let id = try await scene.add(
                JobSubmission(
                    type: "work", payload: [1, 2], payloadVersion: 2, group: "g", key: .text("k"), label: "l",
                    tags: [Tag("a", "b")], timeout: .seconds(3)))
            let first = try await scene.claimOnly(id)
            try await scene.finish(first, .retry(at: t(2), .passing))
            let second = try await scene.claimOnly(id, at: t(3))
            #expect(second.payload == first.payload)
            #expect(second.payloadVersion == 2)
            #expect(second.group == "g")
            #expect(second.key == .text("k"))
            #expect(second.label == "l")
            #expect(second.tags == first.tags)
            #expect(second.timeout == .seconds(3))
        },
    ]
}
