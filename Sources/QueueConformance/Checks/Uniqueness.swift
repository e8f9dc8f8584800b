import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum UniquenessChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("S4 jobs without a key never exclude each other") { scene in
            let ids = try await scene.add(count: 3, JobSubmission(type: "work", payload: [1]))
            #expect(Set(ids).count == 3)
        },
        ConformanceCheck("S4 keys of different types never conflict") { scene in
            try await scene.add(.keyed("k", "work"))
            try await scene.add(.keyed("k", "other"))
            #expect(try await scene.store.counts()[.pending] == 2)
        },
        ConformanceCheck("S4 a string and a payload with the same bytes are different keys") { scene in
            let text = try await scene.add(JobSubmission(type: "work", key: .text("abc")))
            let payload = try await scene.add(JobSubmission(type: "work", key: .payload(Array("abc".utf8))))
            #expect(text != payload)
            #expect(try await scene.record(text).key == .text("abc"))
            #expect(try await scene.record(payload).key == .payload(Array("abc".utf8)))
        },
        ConformanceCheck("S4 an empty payload is a key, not a missing one") { scene in
            let id = try await scene.add(JobSubmission(type: "work", key: .payload([])))
            let again = try await scene.store.submit(JobSubmission(type: "work", key: .payload([])), at: t(1))
            #expect(again == .duplicate(of: id))
            #expect(try await scene.record(id).key == .payload([]))
        },
        ConformanceCheck("S4 a key is taken in every active state") { scene in
            let first = try await scene.add("other")
            let blocked = try await scene.add(
                JobSubmission(type: "work", key: .text("blocked"), dependencies: [.job(first)]))
            let parent = try await scene.add(.keyed("waiting"))
            try await scene.add(.child(of: parent, type: "other"))
            try await scene.claim(1, .of("work"))
            try await scene.finish(scene.record(parent))
            try await scene.expect(parent, is: .waiting)
            let running = try await scene.add(.keyed("running"))
            try await scene.claimOnly(running, .of("work"))
            let pending = try await scene.add(.keyed("pending"))
            for (key, id) in [("blocked", blocked), ("waiting", parent), ("running", running), ("pending", pending)] {
                let outcome = try await scene.store.submit(.keyed(key), at: t(3))
                #expect(outcome == .duplicate(of: id), "the \(key) job keeps its key")
            }
        },
        ConformanceCheck("S4 a key is free once its job has ended, in any way") { scene in
            for state in [JobState.completed, .failed, .deadLettered, .cancelled] {
                let old = try await scene.ended(state, .keyed("k", "ended"))
                let outcome = try await scene.store.submit(.keyed("k", "ended"), at: t(1))
                #expect(outcome.isNew, "the \(state) job no longer has the key")
                #expect(outcome.id != old)
                _ = try await scene.store.cancel(outcome.id, at: t(1))
            }
        },
        ConformanceCheck("S5 skip leaves the old job unchanged") { scene in
            let id = try await scene.add(.keyed("k"))
            let before = try await scene.dump()
            var again = JobSubmission.keyed("k")
            again.payload = [1, 2]
            again.label = "another"
            again.tags = [Tag("a", "b")]
            #expect(try await scene.store.submit(again, at: t(1)) == .duplicate(of: id))
            #expect(try await scene.dump().differences(from: before).isEmpty)
        },
        ConformanceCheck("S5 skip raises a waiting job to a more urgent priority, and it is claimed accordingly") {
            scene in
            let first = try await scene.add()
            let id = try await scene.add(.keyed("k"))
            #expect(try await scene.store.submit(.keyed("k", priority: .high), at: t(1)) == .upgraded(id))
            #expect(try await scene.record(id).priority == .high)
            #expect(try await scene.claim().map(\.id) == [id, first])
        },
        ConformanceCheck("S5 an upgraded job takes the place of its id among those of its new priority") { scene in
            let id = try await scene.add(.keyed("k"))
            let urgent = try await scene.add(priority: .high)
            #expect(try await scene.store.submit(.keyed("k", priority: .high), at: t(1)) == .upgraded(id))
            #expect(try await scene.claim().map(\.id) == [id, urgent])
        },
        ConformanceCheck("S5 skip never lowers a priority") { scene in
            let id = try await scene.add(.keyed("k"))
            for priority in [Priority.normal, .background, .idle] {
                #expect(try await scene.store.submit(.keyed("k", priority: priority), at: t(1)) == .duplicate(of: id))
            }
            #expect(try await scene.record(id).priority == .normal)
        },
        ConformanceCheck("S5 skip does not raise a running job") { scene in
            let id = try await scene.add(.keyed("k"))
            try await scene.claimOnly(id)
            #expect(try await scene.store.submit(.keyed("k", priority: .realtime), at: t(2)) == .duplicate(of: id))
            #expect(try await scene.record(id).priority == .normal)
        },
        ConformanceCheck("S5 skip raises scheduled and blocked jobs") { scene in
            let first = try await scene.add("other")
            var later = JobSubmission.keyed("later")
            later.runAfter = t(100)
            let scheduled = try await scene.add(later)
            var after = JobSubmission.keyed("after")
            after.dependencies = [.job(first)]
            let blocked = try await scene.add(after)
            #expect(try await scene.store.submit(.keyed("later", priority: .high), at: t(1)) == .upgraded(scheduled))
            #expect(try await scene.store.submit(.keyed("after", priority: .high), at: t(1)) == .upgraded(blocked))
            #expect(try await scene.claim(at: t(2)).map(\.id) == [first], "they are blocked as before")
            #expect(try await scene.claim(at: t(100)).map(\.id) == [scheduled])
        },
        ConformanceCheck("S5 reject keeps the old job, whatever the priorities") { scene in
            let id = try await scene.add(.keyed("k"))
            let outcome = try await scene.store.submit(.keyed("k", priority: .realtime, .reject), at: t(1))
            #expect(outcome == .rejected(existing: id))
            #expect(try await scene.record(id).priority == .normal)
            #expect(try await scene.store.count(JobQuery()) == 1)
        },
        ConformanceCheck("S5 rerun acts like skip while the old job has not started") { scene in
            let id = try await scene.add(.keyed("k"))
            #expect(try await scene.store.submit(.keyed("k", .rerun), at: t(1)) == .duplicate(of: id))
            #expect(try await scene.store.submit(.keyed("k", priority: .high, .rerun), at: t(1)) == .upgraded(id))
            try await scene.run(id)
            #expect(try await scene.store.counts().active == 0, "nothing was to run again")
        },
        ConformanceCheck("S5 rerun of a running job runs it once more after it ends") { scene in
            let id = try await scene.add(
                JobSubmission(type: "work", payload: [7], group: "g", key: .text("k"), label: "l"))
            let running = try await scene.claimOnly(id)
            #expect(try await scene.store.submit(.keyed("k", .rerun), at: t(2)) == .rerunQueued(id))
            #expect(try await scene.claim(at: t(2)).isEmpty, "not before the end")
            try await scene.finish(running, at: t(3))
            try await scene.expect(id, is: .completed)
            let again = try #require(try await scene.claim(at: t(4)).first)
            #expect(again.id > id)
            #expect(again.payload == [7])
            #expect(again.group == "g")
            #expect(again.label == "l")
            #expect(again.key == .text("k"))
            #expect(again.attempt == 1, "attempts start anew")
            try await scene.finish(again, at: t(5))
            #expect(try await scene.store.counts().active == 0, "once more, and not for ever")
        },
        ConformanceCheck("S5 several reruns of a running job run it once more in total") { scene in
            let id = try await scene.add(.keyed("k"))
            let running = try await scene.claimOnly(id)
            for _ in 0..<3 {
                #expect(try await scene.store.submit(.keyed("k", .rerun), at: t(2)) == .rerunQueued(id))
            }
            try await scene.finish(running)
            #expect(try await scene.store.counts()[.pending] == 1)
        },
        ConformanceCheck("S5 a rerun follows a job that fails, too, and takes over its key") { scene in
            let id = try await scene.add(.keyed("k"))
            let running = try await scene.claimOnly(id)
            _ = try await scene.store.submit(.keyed("k", .rerun), at: t(2))
            try await scene.finish(running, .failure(.permanent))
            try await scene.expect(id, is: .failed)
            let outcome = try await scene.store.submit(.keyed("k"), at: t(4))
            guard case .duplicate(let next) = outcome else {
                Issue.record("the key is taken by the rerun, the outcome was \(outcome)")
                return
            }
            #expect(next > id)
            try await scene.expect(next, is: .pending)
        },
        ConformanceCheck("S5 a rerun is kept when the running job is retried") { scene in
            let id = try await scene.add(.keyed("k"))
            let running = try await scene.claimOnly(id)
            _ = try await scene.store.submit(.keyed("k", .rerun), at: t(2))
            try await scene.finish(running, .retry(at: t(2), .passing))
            try await scene.run(id, at: t(3))
            #expect(try await scene.store.counts()[.pending] == 1)
        },
        ConformanceCheck("S5 supersede replaces a pending job with the new one") { scene in
            let old = try await scene.add(.keyed("k", priority: .high))
            var next = JobSubmission.keyed("k", .supersede)
            next.payload = [2]
            let outcome = try await scene.store.submit(next, at: t(1))
            guard case .superseded(old, let new, changes: _) = outcome else {
                Issue.record("the outcome was \(outcome)")
                return
            }
            try await scene.expect(old, is: .superseded)
            #expect(try await scene.record(old).finishedAt == t(1))
            let record = try await scene.record(new)
            #expect(record.payload == [2])
            #expect(record.priority == .normal, "nothing of the old one but its key is kept")
            #expect(record.key == .text("k"))
            #expect(try await scene.claim().map(\.id) == [new])
        },
        ConformanceCheck(
            "S5 supersede ends a running job immediately, signals it to stop, and its late completion is stale"
        ) {
            scene in
            let old = try await scene.add(.keyed("k"))
            let running = try await scene.claimOnly(old)
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            let outcome = try await scene.store.submit(.keyed("k", .supersede), at: t(2))
            observation.cancel()
            #expect(outcome == .superseded(old: old, by: outcome.id))
            try await scene.expect(old, is: .superseded)
            #expect(log.stopped.contains(old), "the stop is signaled")
            #expect(try await scene.finish(running, at: t(3)) == .stale)
            try await scene.expect(old, is: .superseded)
            try await scene.run(outcome.id, at: t(4))
        },
        ConformanceCheck("S5 superseding a running job that was to run once more starts only the new job") { scene in
            let old = try await scene.add(.keyed("k"))
            try await scene.claimOnly(old)
            _ = try await scene.store.submit(.keyed("k", .rerun), at: t(2))
            let new = try await scene.store.submit(.keyed("k", .supersede), at: t(3)).id
            #expect(try await scene.store.counts() == StateCounts([.superseded: 1, .pending: 1]))
            try await scene.run(new, at: t(4))
            #expect(try await scene.store.counts().active == 0)
        },
        ConformanceCheck("S5 the attempt of a superseded running job has an end") { scene in
            let old = try await scene.add(.keyed("k"))
            try await scene.claimOnly(old)
            _ = try await scene.store.submit(.keyed("k", .supersede), at: t(2))
            let attempts = try await scene.store.attempts(of: old)
            #expect(attempts.count == 1)
            #expect(attempts.first?.endedAt == t(2))
        },
        ConformanceCheck("S5 superseding frees the slots of a running job") { scene in
            let rules = AdmissionRules.of("work", otherGroups: GroupRule(limit: 1))
            var submission = JobSubmission.keyed("k", .supersede)
            submission.group = "g"
            let old = try await scene.add(submission)
            try await scene.claimOnly(old, rules)
            let new = try await scene.store.submit(submission, at: t(2)).id
            try await scene.claimOnly(new, rules, at: t(3))
        },
        ConformanceCheck("I7 a key that was released and taken again belongs to the new job") { scene in
            let first = try await scene.ended(.completed, .keyed("k", "ended"))
            let second = try await scene.add(.keyed("k", "ended"))
            #expect(try await scene.store.deleteEnded(first))
            #expect(try await scene.store.submit(.keyed("k", "ended"), at: t(1)) == .duplicate(of: second))
        },
    ]
}
