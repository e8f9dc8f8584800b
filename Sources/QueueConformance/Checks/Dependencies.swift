import QueueModel
import QueueStoreKit
import Testing

enum DependenciesChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("D11 a job is blocked until the job that it depends on has completed") { scene in
            let first = try await scene.add()
            let second = try await scene.add(.after(first))
            try await scene.expect(second, is: .blocked)
            let running = try await scene.claimOnly(first)
            #expect(try await scene.claim().isEmpty, "a blocked job is not claimed")
            let result = try await scene.turn(finishing: [.of(running)])
            #expect(result.changes == [JobChange(id: second, type: "work", state: .pending, cause: first)])
            try await scene.claimOnly(second, at: t(3))
        },
        ConformanceCheck("D11 a dependency on a completed job is met immediately") { scene in
            let done = try await scene.ended(.completed)
            let id = try await scene.add(.after(done))
            try await scene.claimOnly(id)
            #expect(try await scene.store.dependencies(of: id) == [done])
        },
        ConformanceCheck("D11 a job waits for the last of several dependencies") { scene in
            let ids = try await scene.add(count: 3)
            let done = try await scene.ended(.completed)
            let last = try await scene.add(.after(ids[2], ids[0], done, ids[1]))
            #expect(try await scene.store.dependencies(of: last) == (ids + [done]).sorted())
            for id in ids {
                try await scene.expect(last, is: .blocked)
                try await scene.run(id)
            }
            try await scene.claimOnly(last, at: t(3))
        },
        ConformanceCheck("D11 a dependency that is named twice counts once") { scene in
            let first = try await scene.add()
            let second = try await scene.add(.after(first, first))
            #expect(try await scene.store.dependencies(of: second) == [first])
            try await scene.run(first)
            try await scene.claimOnly(second, at: t(3))
        },
        ConformanceCheck("D11 a retry of the dependency leaves the job blocked") { scene in
            let first = try await scene.add()
            let second = try await scene.add(.after(first))
            try await scene.run(first, .retry(at: t(2), .passing))
            try await scene.expect(second, is: .blocked)
            try await scene.run(first, .snooze(until: t(3)), at: t(3))
            try await scene.expect(second, is: .blocked)
        },
        ConformanceCheck("D11 policy cancel: the job fails with its dependency unless that completed") { scene in
            let ends: [(Completion.End, JobState)] = [
                (.failure(.permanent), .failed), (.deadLetter(.passing), .deadLettered),
                (.cancelled(.stopped), .cancelled),
            ]
            for (end, state) in ends {
                let first = try await scene.add()
                let second = try await scene.add(.after(first))
                let running = try await scene.claimOnly(first)
                let result = try await scene.turn(finishing: [.of(running, end)])
                #expect(result.outcomes == [.recorded(state)])
                #expect(
                    result.changes == [JobChange(id: second, type: "work", state: .dependencyFailed, cause: first)])
                let record = try await scene.record(second)
                #expect(record.state == .dependencyFailed)
                #expect(record.failure?.kind == .relatedJob)
                #expect(record.finishedAt != nil)
                #expect(record.attempt == 0)
            }
        },
        ConformanceCheck("D11 policy cancel propagates down the whole chain") { scene in
            var chain = [try await scene.add()]
            for _ in 0..<5 { chain.append(try await scene.add(.after(chain[chain.count - 1]))) }
            try await scene.run(chain[0], .failure(.permanent))
            for id in chain.dropFirst() { try await scene.expect(id, is: .dependencyFailed) }
        },
        ConformanceCheck("D11 policy fail: the job fails, and the chain below stays blocked until a person decides") {
            scene in
            let first = try await scene.add()
            let second = try await scene.add(.after(first, policy: .fail))
            let third = try await scene.add(.after(second))
            let fourth = try await scene.add(.after(third))
            try await scene.run(first, .failure(.permanent))
            try await scene.expect(second, is: .dependencyFailed)
            try await scene.expect(third, is: .blocked)
            try await scene.expect(fourth, is: .blocked)
            #expect(try await scene.store.check().isEmpty, "it is no fault of the store's")
            guard case .cancelled = try await scene.store.cancel(third, at: t(5)) else {
                Issue.record("a person settles it by cancelling")
                return
            }
            try await scene.expect(fourth, is: .dependencyFailed)
        },
        ConformanceCheck("D11 policy ignore: a failed dependency counts as met") { scene in
            for end in [Completion.End.failure(.permanent), .deadLetter(.passing), .cancelled(.stopped)] {
                let first = try await scene.add()
                let second = try await scene.add(.after(first, policy: .ignore))
                try await scene.run(first, end)
                try await scene.run(second, at: t(3))
            }
        },
        ConformanceCheck("D11 policy ignore still waits for the other dependencies") { scene in
            let ids = try await scene.add(count: 2)
            let last = try await scene.add(.after(ids[0], ids[1], policy: .ignore))
            try await scene.run(ids[0], .failure(.permanent))
            try await scene.expect(last, is: .blocked)
            try await scene.run(ids[1])
            try await scene.expect(last, is: .pending)
        },
        ConformanceCheck("D11 the policy applies immediately to a dependency that had ended without completing") {
            scene in
            for state in [JobState.failed, .deadLettered, .cancelled] {
                let bad = try await scene.ended(state)
                let cancels = try await scene.store.submit(.after(bad), at: t(1))
                #expect(cancels.isNew, "it is a job, which has ended")
                try await scene.expect(cancels.id, is: .dependencyFailed)
                let record = try await scene.record(cancels.id)
                #expect(record.failure?.kind == .relatedJob)
                #expect(record.finishedAt == t(1))
                let fails = try await scene.add(.after(bad, policy: .fail))
                try await scene.expect(fails, is: .dependencyFailed)
                let ignores = try await scene.add(.after(bad, policy: .ignore))
                try await scene.run(ignores)
            }
        },
        ConformanceCheck("D11 one failed dependency is enough, even if others are open") { scene in
            let bad = try await scene.ended(.failed)
            let open = try await scene.add()
            let id = try await scene.add(.after(open, bad))
            try await scene.expect(id, is: .dependencyFailed)
            try await scene.run(open)
            try await scene.expect(id, is: .dependencyFailed)
        },
        ConformanceCheck("D11 a job that failed with its dependency releases its key immediately") { scene in
            let bad = try await scene.ended(.failed)
            var submission = JobSubmission.keyed("k")
            submission.dependencies = [.job(bad)]
            let first = try await scene.add(submission)
            let second = try await scene.add(submission)
            #expect(first != second)
        },
        ConformanceCheck("D11 a diamond completes from top to bottom") { scene in
            let top = try await scene.add()
            let left = try await scene.add(.after(top))
            let right = try await scene.add(.after(top))
            let bottom = try await scene.add(.after(left, right))
            try await scene.run(top)
            let middle = try await scene.claim(at: t(3))
            #expect(middle.map(\.id) == [left, right])
            try await scene.finish(middle[1], at: t(4))
            try await scene.expect(bottom, is: .blocked)
            try await scene.finish(middle[0], at: t(5))
            try await scene.run(bottom, at: t(6))
        },
        ConformanceCheck("D11 a diamond that fails fails each job once") { scene in
            let top = try await scene.add()
            let left = try await scene.add(.after(top))
            let right = try await scene.add(.after(top))
            let bottom = try await scene.add(.after(left, right))
            let running = try await scene.claimOnly(top)
            let result = try await scene.turn(finishing: [.of(running, .failure(.permanent))])
            #expect(result.changes.map(\.id).sorted() == [left, right, bottom], "each of them once")
            #expect(result.changes.allSatisfy { $0.state == .dependencyFailed })
        },
        ConformanceCheck("D11 dependencies on several completions of one turn are all resolved in it") { scene in
            let ids = try await scene.add(count: 3)
            let last = try await scene.add(.after(ids[0], ids[1], ids[2]))
            let running = try await scene.claim()
            let result = try await scene.turn(finishing: running.map { .of($0) }, claiming: 1)
            #expect(result.claimed.map(\.id) == [last])
        },
        ConformanceCheck("D11 each of several jobs that end together unblocks its dependents, whatever their ids") {
            scene in
            let parent = try await scene.add("other")
            let running = try await scene.claimOnly(parent)
            let ids = [
                try await scene.add(), try await scene.add(.child(of: parent)), try await scene.add(),
                try await scene.add(),
            ]
            let dependents = try await scene.store.submit(
                contentsOf: ids.map { .after($0, type: "third") } + [.after(ids[0], ids[3], type: "third")], at: t(0)
            ).map(\.id)
            let claimed = try await scene.claim(4)
            #expect(claimed.map(\.id) == ids)
            let result = try await scene.turn(finishing: claimed.map { .of($0) })
            #expect(result.outcomes == Array(repeating: .recorded(.completed), count: 4))
            #expect(result.changes.filter { $0.state == .pending }.map(\.id) == dependents)
            for id in dependents { try await scene.expect(id, is: .pending) }
            #expect(try await scene.finish(running, at: t(3)) == .recorded(.pending))
        },
        ConformanceCheck("D11 D2 a job that is unblocked takes its place among hundreds in the same turn") { scene in
            let first = try await scene.add("other")
            let before = try await scene.add(count: 400)
            let unblocked = try await scene.add(.after(first))
            let behind = try await scene.add(count: 300)
            let running = try await scene.claimOnly(first)
            let result = try await scene.turn(finishing: [.of(running)], claiming: 1000)
            #expect(result.claimed.map(\.id) == before + [unblocked] + behind)
        },
        ConformanceCheck("D11 an unblocked job waits for its earliest start and takes its place by id") { scene in
            let first = try await scene.add()
            var submission = JobSubmission.after(first)
            let early = try await scene.add(submission)
            submission.runAfter = t(50)
            let late = try await scene.add(submission)
            let free = try await scene.add()
            try await scene.run(first)
            #expect(try await scene.claim(at: t(3)).map(\.id) == [early, free])
            #expect(try await scene.claim(at: t(50)).map(\.id) == [late])
        },
        ConformanceCheck("D11 blocked jobs are unblocked after the store is reopened", requires: .persistent) {
            scene in
            let first = try await scene.add()
            let second = try await scene.add(.after(first))
            let after = try await scene.reopened()
            try await after.run(first)
            try await after.run(second, at: t(3))
        },
        ConformanceCheck("D11 the types, groups and pauses of a job do not affect its dependents") { scene in
            let first = try await scene.add("m.a", group: "g")
            var submission = JobSubmission.after(first, type: "other")
            submission.group = "h"
            let second = try await scene.add(submission)
            let running = try await scene.claimOnly(first, .domains(DomainRule(name: "m")))
            try await scene.store.pause(Pause(.group("g")), at: t(1))
            try await scene.finish(running)
            try await scene.claimOnly(second, at: t(3))
        },
        ConformanceCheck("Q2 all dependencies of a job are listed, however many, and deleted with it") { scene in
            let ids = try await scene.add(count: 70)
            let bad = try await scene.ended(.failed)
            for count in [1, 2, 31, 32, 33, 70] {
                var submission = JobSubmission(type: "work", dependencies: ids.prefix(count).map { .job($0) })
                let waits = try await scene.add(submission)
                #expect(try await scene.store.dependencies(of: waits) == Array(ids.prefix(count)))
                submission.dependencies.append(.job(bad))
                let ended = try await scene.add(submission)
                #expect(try await scene.store.dependencies(of: ended) == ids.prefix(count) + [bad])
                #expect(try await scene.store.dependents(of: ids[0]).suffix(2) == [waits, ended])
                #expect(try await scene.store.deleteEnded(ended))
                #expect(try await scene.store.dependencies(of: ended).isEmpty)
                #expect(try await scene.store.dependents(of: ids[count - 1]).last == waits)
                #expect(try await scene.store.dependents(of: bad).isEmpty)
            }
        },
        ConformanceCheck("Q2 dependencies and dependents are listed by id, whether met or not") { scene in
            let ids = try await scene.add(count: 2)
            let dependents = [
                try await scene.add(.after(ids[1], ids[0])), try await scene.add(.after(ids[0])),
            ]
            #expect(try await scene.store.dependencies(of: dependents[0]) == ids)
            #expect(try await scene.store.dependents(of: ids[0]) == dependents)
            #expect(try await scene.store.dependents(of: ids[1]) == [dependents[0]])
            try await scene.run(ids[0])
            #expect(try await scene.store.dependencies(of: dependents[0]) == ids, "a met one is one still")
            #expect(try await scene.store.dependents(of: ids[0]) == dependents)
            #expect(try await scene.store.dependencies(of: ids[0]).isEmpty)
            #expect(try await scene.store.dependents(of: dependents[1]).isEmpty)
            #expect(try await scene.store.dependencies(of: JobID(99)).isEmpty)
        },
    ]
}
