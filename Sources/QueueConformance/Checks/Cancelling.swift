import QueueModel
import QueueStoreKit
import QueueTesting
import Testing

enum CancellingChecks {
    static let all: [ConformanceCheck] = [
        ConformanceCheck("E6 a pending job is cancelled immediately") { scene in
            let id = try await scene.add()
            guard case .cancelled = try await scene.store.cancel(id, at: t(5)) else {
                Issue.record("it had not started")
                return
            }
            let record = try await scene.record(id)
            #expect(record.state == .cancelled)
            #expect(record.finishedAt == t(5))
            #expect(try await scene.claim(at: t(6)).isEmpty)
        },
        ConformanceCheck("E6 scheduled, blocked and retrying jobs are cancelled immediately") { scene in
            let scheduled = try await scene.add(JobSubmission(type: "work", runAfter: t(50)))
            let retrying = try await scene.add()
            try await scene.run(retrying, .retry(at: t(50), .passing))
            let blocked = try await scene.add(.after(scheduled, policy: .ignore))
            for id in [blocked, scheduled, retrying] {
                guard case .cancelled = try await scene.store.cancel(id, at: t(5)) else {
                    Issue.record("\(id) does not run")
                    continue
                }
                try await scene.expect(id, is: .cancelled)
            }
            #expect(try await scene.claim(at: t(100)).isEmpty)
        },
        ConformanceCheck("E6 a cancelled job leaves its lane, and the next job takes its place") { scene in
            let ids = try await scene.add(count: 3)
            _ = try await scene.claim(0)
            _ = try await scene.store.cancel(ids[0], at: t(1))
            #expect(try await scene.claim().map(\.id) == Array(ids[1...]))
        },
        ConformanceCheck("E6 cancelling a running job is recorded, and names its worker") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            #expect(try await scene.store.cancel(id, at: t(5)) == .requested(worker: scene.worker))
            let record = try await scene.record(id)
            #expect(record.state == .running)
            #expect(record.cancelRequestedAt == t(5))
        },
        ConformanceCheck("E6 a second cancel of a running job keeps the instant of the first") { scene in
            let id = try await scene.add()
            try await scene.claimOnly(id)
            _ = try await scene.store.cancel(id, at: t(5))
            #expect(try await scene.store.cancel(id, at: t(7)) == .requested(worker: scene.worker))
            #expect(try await scene.record(id).cancelRequestedAt == t(5))
        },
        ConformanceCheck("E6 a job that returns after the request ends as cancelled, even if it succeeded") {
            scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            _ = try await scene.store.cancel(id, at: t(5))
            #expect(try await scene.finish(running, .success(output: [1]), at: t(6)) == .recorded(.cancelled))
            try await scene.expect(id, is: .cancelled)
        },
        ConformanceCheck("E6 a completion from before the request takes precedence over it") { scene in
            let ends: [(Completion.End, JobState)] = [
                (.success(output: [1]), .completed), (.failure(.permanent), .failed),
                (.deadLetter(.passing), .deadLettered),
            ]
            for (end, state) in ends {
                let id = try await scene.add()
                let running = try await scene.claimOnly(id)
                _ = try await scene.store.cancel(id, at: t(5))
                let result = try await scene.turn(finishing: [.of(running, end, at: t(4))], at: t(6))
                #expect(result.outcomes == [.recorded(state)])
                try await scene.expect(id, is: state)
            }
        },
        ConformanceCheck("E6 a job that was asked to stop is not retried, released or snoozed") { scene in
            let ends: [Completion.End] = [
                .retry(at: t(7), .passing), .retryInPlace(.passing), .snooze(until: t(7)), .release(.interrupted),
            ]
            for end in ends {
                for instant in [t(4), t(6)] {
                    let id = try await scene.add()
                    let running = try await scene.claimOnly(id)
                    _ = try await scene.store.cancel(id, at: t(5))
                    #expect(
                        try await scene.turn(finishing: [.of(running, end, at: instant)], at: t(6)).outcomes
                            == [.recorded(.cancelled)], "\(end)")
                }
            }
        },
        ConformanceCheck("E6 a failure after the request counts as a cancellation") { scene in
            for end in [Completion.End.failure(.permanent), .deadLetter(.passing), .cancelled(.stopped)] {
                let id = try await scene.add()
                let running = try await scene.claimOnly(id)
                _ = try await scene.store.cancel(id, at: t(5))
                #expect(try await scene.finish(running, end, at: t(6)) == .recorded(.cancelled))
            }
        },
        ConformanceCheck("E6 an ended job keeps its state") { scene in
            for state in [JobState.completed, .failed, .deadLettered, .cancelled] {
                let id = try await scene.ended(state)
                let before = try await scene.dump()
                #expect(try await scene.store.cancel(id, at: t(9)) == .alreadyEnded(state))
                #expect(try await scene.dump().differences(from: before).isEmpty)
            }
        },
        ConformanceCheck("E6 a job that never existed is unknown") { (scene) async throws in
            #expect(try await scene.store.cancel(JobID(1), at: t(1)) == .unknown)
            #expect(try await scene.store.cancel(JobID(.max), at: t(1)) == .unknown)
            #expect(try await scene.store.cancel(JobID(-1), at: t(1)) == .unknown)
        },
        ConformanceCheck("E6 a cancelled job releases its key") { scene in
            let id = try await scene.add(.keyed("k"))
            _ = try await scene.store.cancel(id, at: t(1))
            #expect(try await scene.store.submit(.keyed("k"), at: t(2)).isNew)
        },
        ConformanceCheck("E6 a running job that was asked to stop keeps its key until it ends") { scene in
            let id = try await scene.add(.keyed("k"))
            let running = try await scene.claimOnly(id)
            _ = try await scene.store.cancel(id, at: t(2))
            #expect(try await scene.store.submit(.keyed("k"), at: t(3)) == .duplicate(of: id))
            try await scene.finish(running, .cancelled(.stopped), at: t(4))
            #expect(try await scene.store.submit(.keyed("k"), at: t(5)).isNew)
        },
        ConformanceCheck("E6 a cancel ends dependents as their policies say") { scene in
            let id = try await scene.add()
            let cancels = try await scene.add(.after(id))
            let below = try await scene.add(.after(cancels))
            let ignores = try await scene.add(.after(id, policy: .ignore))
            guard case .cancelled(let changes) = try await scene.store.cancel(id, at: t(5)) else {
                Issue.record("it had not started")
                return
            }
            try await scene.expect(cancels, is: .dependencyFailed)
            try await scene.expect(below, is: .dependencyFailed)
            try await scene.expect(ignores, is: .pending)
            #expect(changes.contains { $0.id == cancels && $0.state == .dependencyFailed && $0.cause == id })
            #expect(changes.contains { $0.id == below && $0.cause == cancels })
            #expect(changes.contains { $0.id == ignores && $0.state == .pending && $0.cause == id })
        },
        ConformanceCheck("E6 dependents of a running job end when it has ended as cancelled, not before") { scene in
            let id = try await scene.add()
            let dependent = try await scene.add(.after(id))
            let running = try await scene.claimOnly(id)
            _ = try await scene.store.cancel(id, at: t(2))
            try await scene.expect(dependent, is: .blocked)
            try await scene.finish(running, at: t(3))
            try await scene.expect(dependent, is: .dependencyFailed)
        },
        ConformanceCheck("D12 cancelling a waiting parent cancels its children, and asks running ones to stop") {
            scene in
            let (parent, running, children) = try await scene.family(children: 2)
            try await scene.finish(running)
            let child = try await scene.claimOnly(children[0], at: t(3))
            let log = SignalLog()
            let observation = scene.store.observe(log.take)
            guard case .cancelled(let changes) = try await scene.store.cancel(parent, at: t(4)) else {
                Issue.record("a waiting parent does not run")
                return
            }
            observation.cancel()
            try await scene.expect(parent, is: .cancelled)
            try await scene.expect(children[1], is: .cancelled)
            #expect(changes.contains { $0.id == children[1] && $0.state == .cancelled })
            #expect(log.stopped == [children[0]])
            #expect(try await scene.record(children[0]).cancelRequestedAt == t(4))
            #expect(try await scene.finish(child, at: t(5)) == .recorded(.cancelled))
            try await scene.expect(parent, is: .cancelled)
        },
        ConformanceCheck("D12 cancelling a running parent cancels its children immediately") { scene in
            let (parent, running, children) = try await scene.family(children: 2)
            let child = try await scene.claimOnly(children[0])
            let dependent = try await scene.add(.after(children[1], type: "third"))
            let ended = [
                JobChange(id: children[1], type: "work", state: .cancelled, cause: parent),
                JobChange(id: dependent, type: "third", state: .dependencyFailed, cause: children[1]),
            ]
            #expect(try await scene.store.cancel(parent, at: t(4)) == .requested(worker: scene.worker, changes: ended))
            try await scene.expect(children[1], is: .cancelled)
            #expect(try await scene.record(children[0]).cancelRequestedAt == t(4))
            try await scene.finish(child, at: t(5))
            try await scene.expect(children[0], is: .cancelled)
            #expect(try await scene.finish(running, at: t(6)) == .recorded(.cancelled))
        },
        ConformanceCheck("D12 cancelling reaches grandchildren") { scene in
            let top = try await scene.add()
            let middle = try await scene.add(.child(of: top))
            let bottom = try await scene.add(.child(of: middle))
            _ = try await scene.store.cancel(top, at: t(1))
            for id in [top, middle, bottom] { try await scene.expect(id, is: .cancelled) }
        },
        ConformanceCheck("E6 cancelling the last child lets a parent without fail-fast finalize") { scene in
            let (parent, running, children) = try await scene.family(children: 1, failFast: false)
            try await scene.finish(running)
            _ = try await scene.store.cancel(children[0], at: t(3))
            let finalizing = try await scene.claimOnly(parent, at: t(4))
            #expect(finalizing.phase == .finalize)
        },
        ConformanceCheck("E6 a cancel request is kept when the store is reopened", requires: .persistent) {
            scene in
            let id = try await scene.add()
            let running = try await scene.claimOnly(id)
            _ = try await scene.store.cancel(id, at: t(2))
            let after = try await scene.reopened()
            #expect(try await after.store.renewLease(of: scene.worker, at: HostTime(t(3))).cancelRequested == [id])
            #expect(try await after.finish(running, at: t(4)) == .recorded(.cancelled))
        },
    ]
}
